import Foundation

/// Third-party test data beside the project; nil (with a loud line) where it is absent.
func corpus(_ folder: String) -> URL? {
    // The package may be seen through links: the data lies beside its real folder.
    let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let url = tests.appendingPathComponent("../../../shared/corpus/\(folder)").standardizedFileURL
    guard FileManager.default.fileExists(atPath: url.path) else {
        print("SKIPPED: no test data at ../shared/corpus/\(folder)")
        return nil
    }
    return url
}

func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }
