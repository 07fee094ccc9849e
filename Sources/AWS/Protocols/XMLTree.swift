import CExpat
import Foundation

/// One XML element with what is in it.
///
/// Namespaces are dropped: AWS's answers have one each.
struct XMLTree: Sendable, Equatable {
    let name: String
    /// Characters directly inside, white space kept.
    fileprivate(set) var text = ""
    fileprivate(set) var children: [XMLTree] = []

    init(name: String) { self.name = name }

    /// The first child of that name.
    subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

    /// All children of that name.
    func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// Text of the first child of that name; nil where there is none.
    func text(_ name: String) -> String? { self[name]?.text }
}

/// Why bytes are no XML document.
///
/// Carries no content of the document.
struct XMLError: Error, Equatable {
    let reason: String
    let line: Int
}

/// Parses a complete document with expat.
///
/// A document type is refused: AWS sends none, and entities are declared there.
func parsedXML(_ bytes: [UInt8]) throws(XMLError) -> XMLTree {
    guard let parser = unsafe XML_ParserCreate(nil) else { throw XMLError(reason: "out of memory", line: 0) }
    defer { unsafe XML_ParserFree(parser) }
    let builder = TreeBuilder()
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
    unsafe XML_SetElementHandler(parser, startElement, endElement)
    unsafe XML_SetCharacterDataHandler(parser, characters)
    unsafe XML_SetStartDoctypeDeclHandler(parser, startDoctype)
    let status = unsafe bytes.withUnsafeBytes { buffer in
        unsafe XML_Parse(
            parser,
            buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
            Int32(clamping: buffer.count),
            1
        )
    }
    return try withExtendedLifetime(builder) { () throws(XMLError) -> XMLTree in
        let line = unsafe Int(XML_GetCurrentLineNumber(parser))
        if let refusal = builder.refusal { throw XMLError(reason: refusal, line: line) }
        guard status == XML_STATUS_OK, let root = builder.root else {
            let words = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
            throw XMLError(reason: words ?? "no element", line: line)
        }
        return root
    }
}

private final class TreeBuilder {
    static let deepest = 100

    var open: [XMLTree] = []
    var characters: [UInt8] = []
    var root: XMLTree?
    var refusal: String?

    func start(_ name: String) {
        guard open.count < Self.deepest else {
            refusal = "nested too deeply"
            return
        }
        flush()
        open.append(XMLTree(name: name))
    }

    func end() {
        flush()
        guard let done = open.popLast() else { return }
        if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
    }

    private func flush() {
        guard !characters.isEmpty else { return }
        if !open.isEmpty { open[open.count - 1].text += String(decoding: characters, as: UTF8.self) }
        characters.removeAll(keepingCapacity: true)
    }
}

private func builder(_ context: UnsafeMutableRawPointer?) -> TreeBuilder? {
    guard let context = unsafe context else { return nil }
    let builder = unsafe Unmanaged<TreeBuilder>.fromOpaque(context).takeUnretainedValue()
    return builder.refusal == nil ? builder : nil
}

private let startElement: XML_StartElementHandler = { context, name, _ in
    guard let name = unsafe name else { return }
    let colon = unsafe strrchr(name, 58)
    unsafe builder(context)?.start(String(cString: colon.map { unsafe UnsafePointer($0 + 1) } ?? name))
}

private let endElement: XML_EndElementHandler = { context, _ in
    unsafe builder(context)?.end()
}

private let characters: XML_CharacterDataHandler = { context, bytes, count in
    guard let bytes = unsafe bytes else { return }
    let text = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
    unsafe builder(context)?.characters.append(contentsOf: text)
}

private let startDoctype: XML_StartDoctypeDeclHandler = { context, _, _, _, _ in
    unsafe builder(context)?.refusal = "has a document type"
}
