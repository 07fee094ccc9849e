import Curl
import Foundation
import Operations
import Settings
import Synchronization
import TestSupport
import Testing

@testable import curfew

/// A secret is fetched when it is used, from wherever its reference says.
@Suite struct SecretsTests {
    private final class Folder {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "curfew-secrets-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, _ name: String, rights: Int = 0o600) throws -> String {
            let file = "\(path)/\(name)"
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: file)
            return file
        }
    }

    private func reference(_ text: String) throws -> SecretReference { try #require(SecretReference(text: text)) }

    private func secrets(_ variables: [String: String] = [:], endpoint: String? = nil) -> Secrets {
        Secrets(variables: variables, awsEndpoint: endpoint, warn: { Issue.record("warned: \($0)") })
    }

    private func problem(_ text: String, _ secrets: Secrets) async throws -> Problem {
        let reference = try reference(text)
        return try #require(await #expect(throws: Problem.self) { try await secrets.secret(reference) })
    }

    @Test func `variables, files and systemd's credentials`() async throws {
        let folder = try Folder()
        let file = try folder.write("from a file\n", "one")
        _ = try folder.write("from systemd\r\n", "smtp", rights: 0o400)
        let secrets = secrets(["WORD": "from a variable", "CREDENTIALS_DIRECTORY": folder.path])
        #expect(try await secrets.secret(reference("env:WORD")) == "from a variable")
        #expect(try await secrets.secret(reference("file:\(file)")) == "from a file")
        #expect(try await secrets.secret(reference("credential:smtp")) == "from systemd")
    }

    @Test func `P17 what cannot be read is said by its reference, and shows nothing`() async throws {
        let folder = try Folder()
        let lines = try folder.write("hunter2\nhunter2\n", "lines")
        let empty = try folder.write("\n", "empty")
        let open = try folder.write("hunter2", "open", rights: 0o602)
        let long = try folder.write(String(repeating: "hunter2", count: 20_000), "long")
        let secrets = secrets(["BROKEN": "hunter2\u{0}", "EMPTY": ""])
        for (text, why) in [
            ("env:NONE", "$NONE is not set"), ("env:EMPTY", "it is empty"), ("env:BROKEN", "more than one line"),
            ("file:\(lines)", "more than one line"), ("file:\(empty)", "it is empty"),
            ("file:\(open)", "everybody may write"), ("file:\(long)", "bytes"), ("file:\(folder.path)", "is no file"),
            ("file:/nonexistent/x", "does not exist"), ("credential:smtp", "$CREDENTIALS_DIRECTORY is not set"),
        ] {
            let found = try await problem(text, secrets)
            #expect(found.kind == .configuration)
            #expect(found.description.contains("the secret \(text) cannot be read"), "\(found)")
            #expect(found.description.contains(why), "\(found)")
            #expect(!found.advice.isEmpty)
            #expect(!found.description.contains("hunter2"))
        }
    }

    @Test func `P17 a file that everybody may read is used, with a warning`() async throws {
        let folder = try Folder()
        let file = try folder.write("hunter2", "mounted", rights: 0o644)
        let warnings = Mutex<[String]>([])
        let secrets = Secrets(variables: [:], warn: { text in warnings.withLock { $0.append(text) } })
        for _ in 1...2 { #expect(try await secrets.secret(reference("file:\(file)")) == "hunter2") }
        let said = warnings.withLock { $0 }
        #expect(said == ["everybody on this machine may read the secret file:\(file): chmod o-r \(file)"])
    }

    @Test(arguments: ["ministack", "moto"])
    func `secrets of AWS are fetched once, whole or by key`(kind: String) async throws {
        guard let emulator = kind == "moto" ? try await Emulator.moto() : try await Emulator.ministack() else { return }
        defer { emulator.stop() }
        let calls = Mutex(0)
        let upstream = try Upstream(emulator.url)
        let between = try ScriptedServer { request, _ in
            calls.withLock { $0 += 1 }
            return upstream.answer(to: request)
        }
        func make(_ service: String, _ target: String, _ body: String) async throws {
            let scope = "Credential=123456789012/20260101/eu-central-1/\(service)/aws4_request"
            let headers = HTTPHeaders([
                ("X-Amz-Target", target), ("Content-Type", "application/x-amz-json-1.1"),
                ("Authorization", "AWS4-HMAC-SHA256 \(scope), SignedHeaders=host, Signature=00"),
            ])
            let request = HTTPRequest(method: "POST", url: emulator.url + "/", headers: headers, body: Array(body.utf8))
            let made = try await HTTPPool(width: 1).send(request)
            try #require(made.status == 200)
        }
        try await make(
            "secretsmanager",
            "secretsmanager.CreateSecret",
            #"{"Name":"curfew","SecretString":"{\"password\":\"p#1\",\"port\":25,\"more\":{}}","ClientRequestToken":"00000000-0000-0000-0000-000000000001"}"#
        )
        try await make("ssm", "AmazonSSM.PutParameter", #"{"Name":"/curfew/ping","Value":"u","Type":"SecureString"}"#)
        let keys = ["AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"]
        let secrets = secrets(keys, endpoint: between.url)
        for _ in 1...3 { #expect(try await secrets.secret(reference("aws-secretsmanager:curfew#password")) == "p#1") }
        #expect(calls.withLock { $0 } == 1)
        #expect(try await secrets.secret(reference("aws-secretsmanager:curfew#port")) == "25")
        #expect(try await secrets.secret(reference("aws-ssm:/curfew/ping")) == "u")
        #expect(try await problem("aws-secretsmanager:curfew#more", secrets).summary.contains("no text under that key"))
        let missing = try await problem("aws-secretsmanager:nope", secrets)
        #expect(missing.kind == .configuration && missing.summary.contains("aws-secretsmanager:nope"))
    }

    @Test func `without a region nothing is asked, and a service that is away is another problem`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(status: 500, body: "{}") }
        let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "x"]
        let homeless = try await problem("aws-ssm:/curfew/ping", secrets(keys, endpoint: server.url))
        #expect(homeless.kind == .configuration && homeless.summary.contains("set AWS_REGION"))
        #expect(server.requests.isEmpty)
        let arn = "aws-ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/x"
        server.stop()
        let away = try await problem(arn, secrets(keys, endpoint: server.url))
        #expect(away.kind == .unavailable, "\(away)")
    }
}
