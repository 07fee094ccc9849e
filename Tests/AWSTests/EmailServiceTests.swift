import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct EmailServiceTests {
    private let mail = Array("From: a@example.com\r\n\r\nhällo\r\n".utf8)

    private func service(_ scripted: ScriptedClient) -> EmailService {
        let connection = AWSConnection(
            endpoints: Endpoints(all: scripted.server.url),
            transport: HTTPPool(width: 1),
            retry: .never,
            meter: scripted.meter,
            limits: TransferLimits(total: .milliseconds(600))
        )
        return EmailService(AWSClient(credentials: exampleKey, connection: connection), region: "eu-central-1")
    }

    @Test func `the message goes as it is, signed for ses`() async throws {
        let scripted = ScriptedClient(try ScriptedServer([ScriptedAnswer(body: "{\"MessageId\":\"0107-1\"}")]))
        let id = try await service(scripted).send(mail, from: "a@example.com", to: "b@example.com")
        #expect(id == "0107-1")
        let request = try #require(scripted.server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v2/email/outbound-emails")
        #expect(request[header: "content-type"] == "application/json")
        #expect(request[header: "authorization"]?.contains("/eu-central-1/ses/aws4_request") == true)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any]
        )
        #expect(json.keys.sorted() == ["Content", "Destination", "FromEmailAddress"])
        #expect(json["FromEmailAddress"] as? String == "a@example.com")
        #expect(json["Destination"] as? [String: [String]] == ["ToAddresses": ["b@example.com"]])
        let raw = try #require((json["Content"] as? [String: [String: String]])?["Raw"]?["Data"])
        #expect(Data(base64Encoded: raw) == Data(mail))
    }

    @Test func `the endpoint is email, and has a setting of its own`() throws {
        let own = try Endpoints().endpoint(for: .email, region: "eu-central-1")
        #expect(own.authority == "email.eu-central-1.amazonaws.com")
        let environment = AWSEnvironment(variables: ["AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:9"])
        #expect(try Endpoints(environment).endpoint(for: .email, region: "eu-central-1").authority == "127.0.0.1:9")
    }

    @Test(arguments: [
        (ScriptedAnswer(status: 429, body: "{\"__type\":\"TooManyRequestsException\"}"), AWSError.Kind.throttled),
        (ScriptedAnswer(status: 400, body: "{\"__type\":\"MessageRejected\",\"message\":\"no\"}"), .refused),
        (ScriptedAnswer(status: 500, body: "{}"), .serviceFailure), (ScriptedAnswer(ending: .silence), .brokenOff),
        (ScriptedAnswer(body: "{\"MessageId\":\"1\"", ending: .missing(9)), .brokenOff),
        (ScriptedAnswer(body: "{}"), .notUnderstood), (ScriptedAnswer(delay: .seconds(2)), .brokenOff),
    ])
    func `N2 whatever goes wrong, a mail is asked for once`(answer: ScriptedAnswer, kind: AWSError.Kind) async throws {
        let scripted = ScriptedClient(try ScriptedServer { _, _ in answer })
        let error = await #expect(throws: AWSError.self) {
            try await service(scripted).send(mail, from: "a@example.com", to: "b@example.com")
        }
        #expect(error?.kind == kind)
        #expect(scripted.server.requests.count == 1)
    }

    @Test func `an emulator takes it`() async throws {
        guard let emulator = try await Emulator.ministack() else { return }
        let client = AWSClient(
            credentials: Credentials(accessKeyID: "123456789012", secretAccessKey: "x", sessionToken: nil),
            endpoints: Endpoints(all: emulator.url),
            transport: HTTPPool(width: 1),
            retry: .never,
            meter: CallMeter()
        )
        struct Nothing: Decodable {}
        let _: Nothing = try await client.restPost(
            .email,
            "CreateEmailIdentity",
            region: "eu-central-1",
            path: "/v2/email/identities",
            ["EmailIdentity": "a@example.com"],
            window: WriteWindow()
        )
        let service = EmailService(client, region: "eu-central-1")
        let id = try await service.send(mail, from: "a@example.com", to: "b@example.com")
        #expect(!id.isEmpty)
    }
}
