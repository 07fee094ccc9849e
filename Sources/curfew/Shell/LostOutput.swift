import Foundation
import Operations
import Synchronization

/// Remembers that standard output did not take what was printed, so that a truncated file is never taken for an answer.
final class LostOutput: Sendable {
    private let reason = Mutex<String?>(nil)

    /// A reader that went away (`| head`) wanted no more: that is no loss.
    func note(_ error: any Error) {
        let code = (error as NSError).userInfo[NSUnderlyingErrorKey].map { ($0 as? NSError)?.code ?? 0 }
        let number = code ?? (error as NSError).code
        guard number != Int(EPIPE) else { return }
        reason.withLock { $0 = $0 ?? String(decoding: unsafe Array(cString(strerror(Int32(number)))), as: UTF8.self) }
    }

    /// Nil when everything was taken.
    var problem: Problem? {
        reason.withLock { $0 }.map { reason in
            Problem(
                .unavailable,
                "the output could not be written: \(reason)",
                advice: "what the command did is done; ask again for its output, for example with curfew history"
            )
        }
    }

    private func cString(_ text: UnsafeMutablePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text))).map { UInt8(bitPattern: $0) }
    }
}
