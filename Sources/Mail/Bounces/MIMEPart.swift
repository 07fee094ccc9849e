import Foundation

/// A mail or a part of one, read for its headers and parts; whatever it holds, reading it ends.
struct MIMEPart {
    /// Names in lower case, values unfolded; the first of a name counts.
    private let headers: [String: String]
    /// As it stands in the mail.
    let body: ArraySlice<UInt8>
    private let depth: Int

    init(_ bytes: [UInt8]) { self.init(bytes[...], depth: 0) }

    private init(_ bytes: ArraySlice<UInt8>, depth: Int) {
        let (head, body) = Self.split(bytes)
        headers = Self.fields(head)
        self.body = body
        self.depth = depth
    }

    subscript(name: String) -> String? { headers[name] }

    /// In lower case, without parameters.
    var type: String {
        let type = headers["content-type"]?.split(separator: ";").first.map(String.init) ?? "text/plain"
        return type.trimmingWhitespace.lowercased()
    }

    func parameter(_ name: String) -> String? {
        for parameter in (headers["content-type"] ?? "").split(separator: ";").dropFirst() {
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, String(halves[0]).trimmingWhitespace.lowercased() == name else { continue }
            return String(halves[1]).trimmingWhitespace.trimmingCharacters(in: .init(charactersIn: "\""))
        }
        return nil
    }

    var decoded: [UInt8] {
        switch headers["content-transfer-encoding"]?.trimmingWhitespace.lowercased() {
        case "base64":
            Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters).map(Array.init) ?? []
        case "quoted-printable": Self.unquoted(body)
        default: Array(body)
        }
    }

    /// Itself or the first part of that type, parts of parts included.
    func first(of type: String) -> MIMEPart? { first(of: [type]) }

    func first(of types: [String]) -> MIMEPart? {
        if types.contains(type) { return self }
        for part in parts {
            if let found = part.first(of: types) { return found }
        }
        return nil
    }

    private var parts: [MIMEPart] {
        guard type.hasPrefix("multipart/"), depth < 5, let boundary = parameter("boundary"), !boundary.isEmpty else {
            return []
        }
        let mark = Array("--\(boundary)".utf8)
        var parts: [MIMEPart] = []
        var start: Int?
        for line in Self.lines(body) where body[line].starts(with: mark) {
            let rest = body[line].dropFirst(mark.count)
            let isLast = rest.starts(with: "--".utf8)
            // A longer boundary that begins with this one belongs to somebody else.
            guard isLast || rest.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }) else { continue }
            if let start, parts.count < 100 { parts.append(MIMEPart(body[start..<line.lowerBound], depth: depth + 1)) }
            start = line.upperBound
            if isLast { return parts }
        }
        // The end of the mail ends what was not closed.
        if let start { parts.append(MIMEPart(body[start...], depth: depth + 1)) }
        return parts
    }

    /// Groups of fields with empty lines between them, as delivery reports are written.
    static func groups(_ bytes: [UInt8]) -> [[String: String]] {
        var groups: [[String: String]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let (head, body) = split(rest)
            let group = fields(head)
            if !group.isEmpty { groups.append(group) }
            rest = body
        }
        return groups
    }

    /// At the first empty line.
    private static func split(_ bytes: ArraySlice<UInt8>) -> (head: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == 10 {
            if bytes[start..<index].allSatisfy({ $0 == 13 }) { return (bytes[..<start], bytes[(index + 1)...]) }
            start = index + 1
        }
        return (bytes, [])
    }

    private static func fields(_ head: ArraySlice<UInt8>) -> [String: String] {
        var unfolded: [String] = []
        for line in lines(head) {
            let text = String(decoding: head[line], as: UTF8.self).trimmingCharacters(in: .newlines)
            if text.first == " " || text.first == "\t", !unfolded.isEmpty {
                unfolded[unfolded.count - 1] += " " + text.trimmingWhitespace
            } else {
                unfolded.append(text)
            }
        }
        var fields: [String: String] = [:]
        for line in unfolded {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon]).trimmingWhitespace.lowercased()
            if fields[name] == nil { fields[name] = String(line[line.index(after: colon)...]).trimmingWhitespace }
        }
        return fields
    }

    /// Each with its line break.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == 10 {
            lines.append(start..<(index + 1))
            start = index + 1
        }
        if start < bytes.endIndex { lines.append(start..<bytes.endIndex) }
        return lines
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == 61 else {
                plain.append(byte)
                continue
            }
            if rest.starts(with: [13, 10]) {
                rest = rest.dropFirst(2)
            } else if rest.first == 10 {
                rest = rest.dropFirst()
            } else if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                plain.append(value)
                rest = rest.dropFirst(2)
            } else {
                plain.append(byte)
            }
        }
        return plain
    }
}

extension String {
    var trimmingWhitespace: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
