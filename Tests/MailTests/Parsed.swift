import Foundation
import Subprocess
import TestSupport

/// A mail as Python's own parser sees it: an independent reader of what we write.
struct Parsed: Decodable, Equatable {
    struct Attachment: Decodable, Equatable {
        let name: String?
        let type: String
        let content: Data
    }

    /// Names in lower case.
    let headers: [String: String]
    let type: String
    let text: String?
    let html: String?
    let attachments: [Attachment]
    /// What the parser found wrong.
    let defects: [String]

    /// Nil, with a loud line, where there is no Python.
    static func all(_ mails: [[UInt8]]) async throws -> [Parsed]? {
        guard let folder = Emulator.environmentFolder else {
            print("SKIPPED: CURFEW_TEST_VENV does not name a Python environment")
            return nil
        }
        // Where Python ends at once, its words shall be read.
        signal(SIGPIPE, SIG_IGN)
        let input = Array(try JSONEncoder().encode(mails.map { Data($0) }))
        let result = try await run(
            .name("env"),
            arguments: Arguments(["\(folder)/bin/python", "-c", script]),
            input: .array(input),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 1 << 16)
        )
        guard result.terminationStatus.isSuccess else { throw ParserFailure(words: result.standardError) }
        return try JSONDecoder().decode([Parsed].self, from: Data(result.standardOutput))
    }

    private static let script = #"""
        import base64, email, email.policy, json, sys
        def parsed(data):
            mail = email.message_from_bytes(base64.b64decode(data), policy=email.policy.default)
            defects = [repr(defect) for part in mail.walk() for defect in part.defects]
            defects += [repr(defect) for part in mail.walk() for value in part.values() for defect in value.defects]
            text, html = mail.get_body(("plain",)), mail.get_body(("html",))
            return {
                "headers": {name.lower(): str(value) for name, value in mail.items()},
                "type": mail.get_content_type(),
                "text": text and text.get_payload(decode=True).decode("utf-8"),
                "html": html and html.get_payload(decode=True).decode("utf-8"),
                "attachments": [{"name": part.get_filename(), "type": part.get_content_type(),
                    "content": base64.b64encode(part.get_payload(decode=True)).decode()}
                    for part in mail.iter_attachments()],
                "defects": defects,
            }
        print(json.dumps([parsed(data) for data in json.load(sys.stdin)]))
        """#
}

struct ParserFailure: Error, CustomStringConvertible {
    let words: String?
    var description: String { "Python's parser failed: \(words ?? "")" }
}
