import Curl
import Foundation

/// Mail as files of a folder, for whoever fetches them there.
package struct MailDrop: Sendable {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// The file appears complete or not at all; the same message is the same file.
    package func send(_ message: MailMessage) async -> SendOutcome {
        let bytes: [UInt8]
        do throws(MailProblem) { bytes = try message.composed() } catch { return SendOutcome(error) }
        let name = fileName(message)
        let target = URL(fileURLWithPath: folder).appendingPathComponent(name)
        let temporary = URL(fileURLWithPath: folder).appendingPathComponent(".\(name).\(UUID().uuidString)")
        do {
            try Data(bytes).write(to: temporary)
            guard unsafe rename(temporary.path, target.path) == 0 else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
            return .accepted("written to \(visible(target.path))")
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            return .deferred(
                "the mail could not be written into \(visible(folder)): make the folder, or let us write there"
            )
        }
    }

    /// Whether there is such a folder that we may write into.
    package func check() -> SendOutcome {
        let kind = try? FileManager.default.attributesOfItem(atPath: folder)[.type] as? FileAttributeType
        return kind == .typeDirectory && FileManager.default.isWritableFile(atPath: folder)
            ? .accepted("\(folder) can be written into") : .deferred("\(folder) is no folder that can be written into")
    }

    /// One letter may go to many.
    private func fileName(_ message: MailMessage) -> String {
        let recipient = message.to.address.utf8.map { byte in
            isAlphanumeric(byte) || "-_.@+".utf8.contains(byte) ? String(Unicode.Scalar(byte)) : "_"
        }
        return "\(message.id.prefix(100)).\(recipient.joined().prefix(100)).eml"
    }
}
