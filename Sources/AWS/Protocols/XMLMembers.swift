import CExpat
import Foundation

/// Where the members of an answer's list stand in its bytes, without a look into them.
///
/// A listing of thousands is mostly what it was: finding where each member begins and ends, and its id, costs a tenth of
/// making a tree of it. The whole document is parsed all the same: one that is cut or broken anywhere is an error.
struct XMLMembers: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let id: String
        /// From its `<` to behind its last `>`.
        let range: Range<Int>
    }

    let members: [Member]
    let nextToken: String?

    /// `<OperationResponse>`, in it `<OperationResult>`, in that the list with its `<member>`s, each with its id in `key`.
    init(_ bytes: [UInt8], operation: String, list: String, key: String) throws(AWSError) {
        let finder = MemberFinder(path: ["\(operation)Response", "\(operation)Result", list, "member", key])
        try finder.parse(bytes)
        if let root = finder.otherRoot { throw notUnderstood("expected \(operation)Response, got \(root.prefix(60))") }
        guard finder.sawResult else { throw notUnderstood("no \(operation)Result in the answer") }
        guard finder.sawList else { throw notUnderstood("no \(list) in the answer") }
        guard !finder.lacksKey else { throw notUnderstood("member without \(key)") }
        members = finder.members
        nextToken = finder.nextToken.isEmpty ? nil : String(decoding: finder.nextToken, as: UTF8.self)
    }
}

@safe private final class MemberFinder {
    private let path: [[UInt8]]
    private var parser: XML_Parser?
    /// How many elements are open, and how many of them, from the root, are those of the path.
    private var depth = 0
    private var followed = 0
    private var start = 0
    private var id: [UInt8] = []
    private var hasID = false
    private var isToken = false

    private(set) var members: [XMLMembers.Member] = []
    private(set) var nextToken: [UInt8] = []
    private(set) var otherRoot: String?
    private(set) var sawResult = false
    private(set) var sawList = false
    private(set) var lacksKey = false
    var refusal: String?

    init(path: [String]) { self.path = path.map { Array($0.utf8) } }

    func parse(_ bytes: [UInt8]) throws(AWSError) {
        guard let parser = unsafe XML_ParserCreate(nil) else {
            throw AWSError(.malformedAnswer, message: "out of memory")
        }
        unsafe self.parser = parser
        defer {
            unsafe XML_ParserFree(parser)
            unsafe self.parser = nil
        }
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(parser, memberStart, memberEnd)
        unsafe XML_SetCharacterDataHandler(parser, memberText)
        unsafe XML_SetStartDoctypeDeclHandler(parser, memberDoctype)
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe XML_Parse(
                parser,
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: buffer.count),
                1
            )
        }
        let line = unsafe Int(XML_GetCurrentLineNumber(parser))
        if let refusal { throw Self.malformed(refusal, line) }
        guard status == XML_STATUS_OK, depth == 0 else {
            let words = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
            throw Self.malformed(words ?? "no element", line)
        }
    }

    private static func malformed(_ reason: String, _ line: Int) -> AWSError {
        AWSError(.malformedAnswer, message: "the answer is no XML: \(reason), line \(line)")
    }

    func opened(_ name: UnsafePointer<CChar>) {
        defer { depth += 1 }
        // Inside of something that is not on the way, or below the id: nothing to look at.
        guard followed == depth, depth < path.count else { return }
        if unsafe matches(name, path[depth]) {
            followed += 1
            switch followed {
            case 2: sawResult = true
            case 3: sawList = true
            case 4:
                start = unsafe Int(XML_GetCurrentByteIndex(parser))
                id.removeAll(keepingCapacity: true)
                hasID = false
            default: break
            }
        } else if depth == 0 {
            otherRoot = unsafe String(cString: name)
        } else if depth == 2, nextToken.isEmpty {
            isToken = unsafe matches(name, Self.token)
        }
    }

    func closed() {
        depth -= 1
        isToken = false
        guard followed > depth else { return }
        followed = depth
        switch followed {
        case 4: hasID = true
        case 3:
            let end = unsafe Int(XML_GetCurrentByteIndex(parser)) + Int(XML_GetCurrentByteCount(parser))
            if !hasID || id.isEmpty { lacksKey = true }
            members.append(XMLMembers.Member(id: String(decoding: id, as: UTF8.self), range: start..<max(start, end)))
        default: break
        }
    }

    /// Of the first id of a member, and of the token.
    func text(_ bytes: UnsafeRawBufferPointer) {
        if isToken, depth == 3 {
            unsafe nextToken.append(contentsOf: bytes)
        } else if followed == 5, depth == 5, !hasID {
            unsafe id.append(contentsOf: bytes)
        }
    }

    private static let token = Array("NextToken".utf8)

    /// Whether the element has that name, whatever its prefix.
    private func matches(_ name: UnsafePointer<CChar>, _ wanted: [UInt8]) -> Bool {
        let local = unsafe strrchr(name, 58).map { unsafe UnsafePointer($0 + 1) } ?? name
        let length = unsafe strlen(local)
        guard length == wanted.count else { return false }
        return unsafe wanted.withUnsafeBytes { wanted in
            unsafe wanted.elementsEqual(UnsafeRawBufferPointer(start: local, count: length))
        }
    }
}

private func finder(_ context: UnsafeMutableRawPointer?) -> MemberFinder? {
    guard let context = unsafe context else { return nil }
    let finder = unsafe Unmanaged<MemberFinder>.fromOpaque(context).takeUnretainedValue()
    return finder.refusal == nil ? finder : nil
}

private let memberStart: XML_StartElementHandler = { context, name, _ in
    guard let name = unsafe name else { return }
    unsafe finder(context)?.opened(name)
}

private let memberEnd: XML_EndElementHandler = { context, _ in
    unsafe finder(context)?.closed()
}

private let memberText: XML_CharacterDataHandler = { context, bytes, count in
    guard let bytes = unsafe bytes else { return }
    unsafe finder(context)?.text(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
}

private let memberDoctype: XML_StartDoctypeDeclHandler = { context, _, _, _, _ in
    unsafe finder(context)?.refusal = "has a document type"
}
