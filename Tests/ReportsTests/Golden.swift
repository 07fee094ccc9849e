import Foundation
import Testing

/// Compares a text with the file of that name under Goldens; `RECORD=1` rewrites the file instead.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name)")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return
    }
    let expected = try? String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(text == expected, "differs from Goldens/\(name); RECORD=1 rewrites it", sourceLocation: sourceLocation)
}
