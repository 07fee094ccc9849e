package import Foundation

/// A real mail server (aiosmtpd) in a process of its own on 127.0.0.1, gone when this object or this process is.
///
/// What it does with a message is up to the recipient, see `MailServerScript`.
package final class MailServer: Sendable {
    /// One port for each way of being spoken to.
    package struct Ports: Sendable, Decodable {
        package let plain: Int
        /// STARTTLS, required.
        package let starttls: Int
        /// STARTTLS, then a login as `curfew` with the password `right horse`.
        package let login: Int
        /// TLS from the first byte.
        package let tls: Int
        /// STARTTLS with a certificate for another name.
        package let misnamed: Int
        /// Hangs up after a second without a word.
        package let impatient: Int
        /// Says 421 and hangs up.
        package let busy: Int
        /// Reads the beginning of a message and is gone.
        package let breaking: Int
        /// Says nothing at all.
        package let silent: Int
    }

    package struct Stored: Sendable, Decodable {
        package let sender: String
        package let recipients: [String]
        package let content: Data
        /// Of whoever sent it: the same for messages over one connection.
        package let peerPort: Int
        package let isEncrypted: Bool
        package let login: String?
    }

    package let ports: Ports
    /// The authority that signed its certificates, which nobody else knows.
    package let authority: String
    private let folder: String
    private let process: EmulatorProcess

    /// Nil, with a loud line, where no Python environment is named.
    package static func start() async throws -> MailServer? {
        guard let environment = Emulator.environmentFolder else {
            print("SKIPPED: CURFEW_TEST_VENV does not name a Python environment with aiosmtpd")
            return nil
        }
        let folder = NSTemporaryDirectory() + "curfew-mail-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = try EmulatorProcess(in: environment, "python", ["-c", MailServerScript.text, folder], [:])
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline, process.isRunning {
            if let data = try? Data(contentsOf: URL(fileURLWithPath: folder + "/ports.json")) {
                let ports = try JSONDecoder().decode(Ports.self, from: data)
                return MailServer(ports: ports, folder: folder, process: process)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.stop()
        throw EmulatorError(program: "aiosmtpd")
    }

    private init(ports: Ports, folder: String, process: EmulatorProcess) {
        self.ports = ports
        self.folder = folder
        self.process = process
        authority = folder + "/authority.pem"
    }

    deinit {
        process.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What it took for this recipient, oldest first.
    package func stored(for recipient: String) throws -> [Stored] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".mail") }
        return try names.sorted()
            .map {
                try JSONDecoder().decode(Stored.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
            }
            .filter { $0.recipients == [recipient] }
    }
}
