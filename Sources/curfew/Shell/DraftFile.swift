import Foundation
import Operations

/// A file that only its owner can read, and that has its name only once it is whole.
struct DraftFile {
    let url: URL
    /// Beside its place, so that giving it its name is one step.
    let draft: URL
    let handle: FileHandle

    /// Refuses a name that is taken: what stands there may be the only copy.
    init(_ file: String, in folder: String) throws(Problem) {
        url = URL(fileURLWithPath: file, relativeTo: URL(fileURLWithPath: folder, isDirectory: true)).absoluteURL
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw Problem(.usage, "\(url.path) exists already and was left alone", advice: "name another file")
        }
        draft = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
        try? FileManager.default.removeItem(at: draft)
        let descriptor = unsafe open(draft.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                .usage,
                "\(url.path) cannot be written: \(unsafe String(cString: strerror(errno)))",
                advice: "name a file in a folder that you can write"
            )
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Everything is on disk before it has its name.
    func finish() throws(Problem) {
        do {
            try handle.synchronize()
            try handle.close()
            // A link, not a rename: it refuses a name that was taken meanwhile.
            try FileManager.default.linkItem(at: draft, to: url)
            try FileManager.default.removeItem(at: draft)
        } catch {
            discard()
            throw Problem(
                .usage,
                "\(url.path) could not be finished",
                advice: "is there room, and is the name still free?"
            )
        }
    }

    func discard() { try? FileManager.default.removeItem(at: draft) }

    var size: Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    }
}
