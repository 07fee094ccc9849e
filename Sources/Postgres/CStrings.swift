/// Calls `body` with an array of C strings that ends with NULL.
func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    var characters: [CChar] = []
    var starts: [Int] = []
    for string in strings {
        starts.append(characters.count)
        characters += string.utf8CString
    }
    characters.append(0)
    return unsafe characters.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("never empty") }
        var pointers: [UnsafePointer<CChar>?] = unsafe starts.map { unsafe base + $0 }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeBufferPointer { list in
            guard let first = list.baseAddress else { preconditionFailure("never empty") }
            return unsafe body(first)
        }
    }
}
