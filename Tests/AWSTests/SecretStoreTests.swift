import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

private let region = "eu-central-1"

/// Where AWS keeps secrets: real emulators, and answers that are none.
@Suite struct SecretStoreTests {
    @Test(arguments: ["ministack", "moto"])
    func `secrets and parameters as the emulators keep them`(kind: String) async throws {
        guard let emulator = kind == "moto" ? try await Emulator.moto() : try await Emulator.ministack() else { return }
        defer { emulator.stop() }
        let connection = AWSConnection(
            endpoints: Endpoints(all: emulator.url),
            transport: HTTPPool(width: 1),
            retry: .never,
            meter: CallMeter(),
            limits: TransferLimits(total: .seconds(120), slow: .seconds(120))
        )
        let key = Credentials(accessKeyID: "123456789012", secretAccessKey: "x")
        let client = AWSClient(credentials: key, connection: connection)
        func make(_ service: AWSService, _ operation: String, _ body: String) async throws {
            let content = AWSCall.Content.json(Array(body.utf8))
            try await client.call(AWSCall(service: service, operation: operation, region: region, content: content)) {
                _ in
            }
        }
        try await make(
            .secretsmanager,
            "CreateSecret",
            #"{"Name":"curfew/mail","SecretString":"{\"password\":\"ä#1\"}","ClientRequestToken":"00000000-0000-0000-0000-000000000001"}"#
        )
        try await make(
            .secretsmanager,
            "CreateSecret",
            #"{"Name":"bytes","SecretBinary":"aGk=","ClientRequestToken":"00000000-0000-0000-0000-000000000002"}"#
        )
        try await make(
            .ssm,
            "PutParameter",
            #"{"Name":"/curfew/ping","Value":"https://x.example/1","Type":"SecureString"}"#
        )

        let secrets = SecretsManager(client, region: region)
        #expect(try await secrets.secret("curfew/mail") == #"{"password":"ä#1"}"#)
        #expect(try await secrets.secret("bytes") == nil)
        let missing = await #expect(throws: AWSError.self) { try await secrets.secret("nope") }
        #expect(missing?.code == "ResourceNotFoundException")
        let parameters = Parameters(client, region: region)
        #expect(try await parameters.value(of: "/curfew/ping") == "https://x.example/1")
        let none = await #expect(throws: AWSError.self) { try await parameters.value(of: "/nope") }
        #expect(none?.code == "ParameterNotFound")
        #expect(none?.retryable == false)
    }

    @Test func `P17 an answer that is not understood is an error that shows nothing of it`() async throws {
        let server = try ScriptedServer { request, _ in
            let target = request[header: "x-amz-target"] ?? ""
            return ScriptedAnswer(body: target.contains("GetParameter") ? #"{"Value":"hunter2"}"# : #"["hunter2"]"#)
        }
        let scripted = ScriptedClient(server)
        let first = await #expect(throws: AWSError.self) {
            try await Parameters(scripted.client, region: region).value(of: "/x")
        }
        let second = await #expect(throws: AWSError.self) {
            try await SecretsManager(scripted.client, region: region).secret("x")
        }
        #expect(first?.kind == .notUnderstood && second?.kind == .notUnderstood)
        #expect(!"\(String(describing: first)) \(String(describing: second))".contains("hunter2"))
        let asked = try #require(server.requests.first)
        #expect(asked[header: "x-amz-target"] == "AmazonSSM.GetParameter")
        #expect(asked.body.contains(#""WithDecryption":true"#))
        #expect(server.requests.last?[header: "x-amz-target"] == "secretsmanager.GetSecretValue")
        #expect(server.requests.last?[header: "authorization"]?.contains("/eu-central-1/secretsmanager/") == true)
    }
}
