import AWS
import Core
import Curl
import Foundation
import Operations
import Settings
import Synchronization

/// Fetches secrets when they are used, and keeps each for as long as the command runs.
///
/// Problems name the reference, never what it led to.
final class Secrets: Sendable {
    private let variables: [String: String]
    /// Where AWS's API is, instead of AWS itself.
    private let awsEndpoint: String?
    private let warn: @Sendable (String) -> Void
    private let found = Mutex<[SecretReference: String]>([:])
    private let known: KnownSecrets

    init(
        variables: [String: String],
        awsEndpoint: String? = nil,
        known: KnownSecrets = KnownSecrets(),
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.variables = variables
        self.awsEndpoint = awsEndpoint
        self.known = known
        self.warn = warn
    }

    /// What the reference leads to: one line, without a line break at its end.
    func secret(_ reference: SecretReference) async throws(Problem) -> String {
        if let known = found.withLock({ $0[reference] }) { return known }
        let secret = try checked(try await fetched(reference), reference)
        found.withLock { $0[reference] = secret }
        known.note(secret)
        return secret
    }

    /// The text without any secret that this process fetched.
    func masked(_ text: String) -> String { known.masked(text) }

    private func fetched(_ reference: SecretReference) async throws(Problem) -> String {
        switch reference {
        case .environment(let name):
            guard let value = variables[name] else {
                throw problem(reference, "$\(name) is not set", "set it, or correct the reference in the settings file")
            }
            return value
        case .file(let path): return try contents(of: path, reference)
        case .credential(let name):
            // https://systemd.io/CREDENTIALS: the folder is there only in a service that loads some.
            guard let folder = variables["CREDENTIALS_DIRECTORY"], folder.hasPrefix("/") else {
                throw problem(
                    reference,
                    "$CREDENTIALS_DIRECTORY is not set",
                    "systemd sets it for a service with LoadCredential=\(name):/path"
                )
            }
            return try contents(of: "\(folder)/\(name)", reference)
        case .secretsManager(let name, let key):
            return try await stored(reference) { (client, region) throws(AWSError) in
                try await SecretsManager(client, region: region).secret(name)
            }
            .member(key, of: reference)
        case .parameter(let name):
            return try await stored(reference) { (client, region) throws(AWSError) in
                try await Parameters(client, region: region).value(of: name)
            }
        }
    }

    /// An empty secret, or one with a line break in it, would be sent as something else than was meant.
    private func checked(_ text: String, _ reference: SecretReference) throws(Problem) -> String {
        var text = text
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        guard !text.isEmpty else { throw problem(reference, "it is empty", "put the secret there") }
        guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw problem(reference, "it has more than one line, or control characters", "one secret is one line")
        }
        return text
    }

    private func stored(
        _ reference: SecretReference,
        _ ask: (AWSClient, String) async throws(AWSError) -> String?
    ) async throws(Problem) -> String {
        do throws(AWSError) {
            let environment = try AWSEnvironment.read(variables)
            guard let region = reference.region?.text ?? environment.region() else {
                throw AWSError(.misconfigured, message: "no region is set: set AWS_REGION, or give the ARN")
            }
            let connection = AWSConnection(
                endpoints: awsEndpoint.map { Endpoints(all: $0) } ?? Endpoints(environment),
                transport: HTTPPool(width: 1),
                meter: CallMeter()
            )
            let chain = CredentialChain(environment, roles: RoleSessions(connection, region: region))
            let answer = try await ask(AWSClient(credentials: chain, connection: connection), region)
            guard let answer else {
                throw AWSError(.misconfigured, message: "it is kept as bytes; Curfew reads secrets that are text")
            }
            return answer
        } catch {
            let lines = error.description.split(separator: "\n", maxSplits: 1).map(String.init)
            throw Problem(
                error.retryable ? .unavailable : .configuration,
                "the secret \(reference) cannot be read: \(lines[0])",
                advice: error.advice ?? "check the reference in the settings file"
            )
        }
    }

    private func contents(of path: String, _ reference: SecretReference) throws(Problem) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            let why = errno == ENOENT ? "the file \(path) does not exist" : "the file \(path) cannot be reached"
            throw problem(reference, why, "check its name and the rights of its folder")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw problem(reference, "\(path) is no file", "name a file that holds the secret")
        }
        guard status.st_size <= Self.largest else {
            throw problem(reference, "the file \(path) has \(status.st_size) bytes", "one secret is one line")
        }
        // Whoever can write it decides where mail and messages go.
        guard status.st_mode & S_IWOTH == 0 else {
            throw problem(reference, "everybody may write the file \(path)", "take that away: chmod o-rw \(path)")
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw problem(reference, "the file \(path) may not be read", "give the user that runs curfew the right")
        }
        // Not refused: containers mount their secrets so, where nobody else is.
        if status.st_mode & S_IROTH != 0 {
            warn("everybody on this machine may read the secret \(reference): chmod o-r \(path)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw problem(reference, "the file \(path) is not text", "one secret is one line of UTF-8")
        }
        return text
    }

    private static let largest = 64 * 1_024

    private func problem(_ reference: SecretReference, _ why: String, _ advice: String) -> Problem {
        Problem(.configuration, "the secret \(reference) cannot be read: \(why)", advice: advice)
    }
}

extension String {
    /// The value under that key of a JSON mapping; the whole text where no key is asked for.
    fileprivate func member(_ key: String?, of reference: SecretReference) throws(Problem) -> String {
        guard let key else { return self }
        let values = try? JSONDecoder().decode([String: Member].self, from: Data(utf8))
        guard let text = values?[key]?.text else {
            throw Problem(
                .configuration,
                values == nil
                    ? "the secret \(reference) cannot be read: it is no JSON mapping"
                    : "the secret \(reference) cannot be read: it has no text under that key",
                advice: "correct what stands behind # in the settings file"
            )
        }
        return text
    }
}

/// Text, or a number as it is written; other members may be anything.
private struct Member: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        text = (try? value.decode(String.self)) ?? (try? value.decode(Int.self)).map(String.init)
    }
}

extension Secrets {
    /// The settings with the external ids that are kept elsewhere.
    func withExternalIDs(_ settings: Settings) async throws(Problem) -> Settings {
        var settings = settings
        for (index, account) in settings.accounts.enumerated() {
            guard let reference = account.externalIDFrom else { continue }
            settings.accounts[index] = account.having(externalID: try await secret(reference))
        }
        if let reference = settings.organization?.externalIDFrom {
            settings.organization?.externalID = try await secret(reference)
        }
        return settings
    }
}

extension Shell {
    /// Where secrets come from with these settings.
    func secrets(_ settings: Settings?) -> Secrets {
        Secrets(variables: variables, awsEndpoint: settings?.awsEndpoint?.url, known: known) { text in warn(text) }
    }
}
