import Foundation

/// Mail through the machine's own `sendmail`, whichever program that is.
package struct SendmailTransport: Sendable {
    private let path: String
    private let limit: Duration
    private let masking: Masking

    package init(path: String, within limit: Duration = .seconds(60), masking: @escaping Masking = { $0 }) {
        self.path = path
        self.limit = limit
        self.masking = masking
    }

    package func send(_ message: MailMessage) async -> SendOutcome {
        let bytes: [UInt8]
        do throws(MailProblem) { bytes = try message.composed() } catch { return SendOutcome(error) }
        // Programs that take mail on standard input expect this machine's line ends.
        let local = bytes.filter { $0 != 13 }
        // Without it what comes back goes to the user that this process runs as.
        let arguments = ["-t", "-oi", "-f", message.from.address]
        let end = await runProgram(path, arguments, input: local, within: limit)
        return SendOutcome(end, of: path, masking: masking)
    }

    /// Whether there is such a program; it is not run.
    package func check() -> SendOutcome {
        FileManager.default.isExecutableFile(atPath: path)
            ? .accepted("\(path) is there") : .deferred("\(path) is no program that can be run")
    }
}
