import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWS

private let now = Date(timeIntervalSince1970: 1_793_527_200)
private let later = "2026-11-01T11:00:00Z"
private let secret = "s3cr3t-s3cr3t"

/// Roles that come with where the program runs: containers, instances, service accounts.
@Suite struct AttachedRoleTests {
    private func chain(
        _ server: ScriptedServer,
        _ variables: [String: String],
        config: String = "",
        profile: String? = nil
    ) -> CredentialChain {
        let environment = AWSEnvironment(variables: variables, config: config)
        let roles = RoleSessions(ScriptedClient(server, now: { now }).connection, region: "eu-west-1")
        return CredentialChain(environment, profile: profile, roles: roles)
    }

    private func failure(_ chain: CredentialChain) async throws -> AWSError {
        let error = try #require(await #expect(throws: AWSError.self) { try await chain.credentials(now: now) })
        #expect(!"\(error) \(error.message)".contains(secret))
        return error
    }

    private static func key(_ expiration: String = later, code: String? = nil) -> String {
        let code = code.map { "\"Code\":\"\($0)\"," } ?? ""
        return
            #"{\#(code)"AccessKeyId":"ASIA1","SecretAccessKey":"\#(secret)","Token":"t","Expiration":"\#(expiration)"}"#
    }

    private static let given = Credentials(
        accessKeyID: "ASIA1",
        secretAccessKey: secret,
        sessionToken: "t",
        expiration: now + 3600
    )

    private func file(_ text: String) throws -> String {
        let file = NSTemporaryDirectory() + "curfew-token-" + UUID().uuidString
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    // MARK: containers

    @Test func `a container's role, with the authorization that it was given`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: Self.key()) }
        let uri = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds?x=1"]
        #expect(try await chain(server, uri).credentials(now: now) == Self.given)
        #expect(server.requests.last?.path == "/creds?x=1")
        #expect(server.requests.last?[header: "authorization"] == nil)
        let token = uri.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"]) { $1 }
        _ = try await chain(server, token).credentials(now: now)
        #expect(server.requests.last?[header: "authorization"] == "Basic abc")
        let path = try file("first\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rotating = chain(server, token.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path]) { $1 })
        _ = try await rotating.credentials(now: now)
        #expect(server.requests.last?[header: "authorization"] == "first")
        try Data("second".utf8).write(to: URL(fileURLWithPath: path))
        _ = try await rotating.credentials(now: now)
        #expect(server.requests.last?[header: "authorization"] == "second")
    }

    @Test(arguments: [
        "http://example.com/x", "http://169.254.170.3/x", "http://169.254.170.2.example.com/", "http://10.0.0.1/",
        "http://127.0.0.1@example.com/", "https://user@example.com/", "ftp://127.0.0.1/", "/v2/credentials",
        "http://127.0.0.1/\r\nX: y",
    ])
    func `P17 nothing is asked in the clear of another machine`(uri: String) async throws {
        let server = try ScriptedServer([])
        let error = try await failure(
            chain(server, ["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN": secret])
        )
        #expect(error.kind == .misconfigured)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
        "http://localhost:80/", "http://[::1]/", "https://example.com/x",
    ])
    func `these may be asked`(uri: String) throws {
        let environment = AWSEnvironment(variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri])
        #expect(throws: Never.self) { try ContainerCredentials(environment) }
    }

    @Test(arguments: ["v2/x", "//example.com/x", "/v2/a b"])
    func `a relative address is a path`(path: String) async throws {
        let server = try ScriptedServer([])
        let error = try await failure(chain(server, ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path]))
        #expect(error.kind == .misconfigured)
    }

    @Test(arguments: [
        (
            ScriptedAnswer(status: 403, body: #"{"code":"AccessDenied","message":"\#(secret)"}"#),
            AWSError.Kind.noCredentials
        ),
        (ScriptedAnswer(status: 404), .noCredentials), (ScriptedAnswer(status: 503), .serviceFailure),
        (ScriptedAnswer(status: 429), .serviceFailure), (ScriptedAnswer(body: secret), .malformedAnswer),
        (ScriptedAnswer(body: #"["\#(secret)"]"#), .malformedAnswer),
        (ScriptedAnswer(body: #"{"SecretAccessKey":"\#(secret)"}"#), .notUnderstood),
        (ScriptedAnswer(body: key("soon")), .notUnderstood),
        (ScriptedAnswer(body: key("2026-11-01T10:00:00Z")), .expiredCredentials),
        (ScriptedAnswer(body: key(), ending: .missing(3)), .brokenOff),
        (ScriptedAnswer(ending: .resetAtOnce), .brokenOff),
        (ScriptedAnswer(body: String(repeating: secret, count: 10_000)), .notUnderstood),
    ])
    func `P17 what a container's endpoint answers instead is an error that shows nothing of it`(
        answer: ScriptedAnswer,
        kind: AWSError.Kind
    ) async throws {
        let server = try ScriptedServer { _, _ in answer }
        let error = try await failure(
            chain(
                server,
                [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/" + secret,
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": secret,
                ]
            )
        )
        #expect(error.kind == kind, "\(error)")
        #expect(error.message.contains("container") || error.message.contains("not understood"))
    }

    // MARK: instances

    private func metadata(_ answers: [String: ScriptedAnswer]) throws -> ScriptedServer {
        try ScriptedServer { request, _ in
            if request.method == "PUT" { return answers["token"] ?? ScriptedAnswer(body: "TOKEN") }
            guard request[header: "x-aws-ec2-metadata-token"] == "TOKEN" else { return ScriptedAnswer(status: 401) }
            let folder = "/latest/meta-data/iam/security-credentials/"
            if request.path == folder { return answers["names"] ?? ScriptedAnswer(body: "curfew@night\n") }
            guard request.path == folder + "curfew%40night" else { return ScriptedAnswer(status: 404) }
            return answers["key"] ?? ScriptedAnswer(body: Self.key(code: "Success"))
        }
    }

    private func instance(_ server: ScriptedServer) -> CredentialChain {
        chain(server, ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"])
    }

    @Test func `an instance's role, asked for with a token`() async throws {
        let server = try metadata([:])
        #expect(try await instance(server).credentials(now: now) == Self.given)
        #expect(server.requests.map(\.method) == ["PUT", "GET", "GET"])
        #expect(server.requests[0].path == "/latest/api/token")
        #expect(server.requests[0][header: "x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
        #expect(!instance(server).endsInRole)
    }

    @Test(arguments: [400, 403, 404, 405])
    func `P17 without a token there are no credentials: version 1 is never used`(status: Int) async throws {
        let server = try metadata(["token": ScriptedAnswer(status: status)])
        let error = try await failure(instance(server))
        #expect(error.kind == .noCredentials && error.message.contains("version 1 is not used"), "\(error)")
        #expect(server.requests.map(\.method) == ["PUT"])
    }

    @Test(arguments: [
        ("names", ScriptedAnswer(status: 404), AWSError.Kind.noCredentials, "no role is attached"),
        ("names", ScriptedAnswer(body: "../../user-data"), .noCredentials, "names no role"),
        ("names", ScriptedAnswer(body: ""), .noCredentials, "names no role"),
        ("token", ScriptedAnswer(body: "a\r\nX: y"), .noCredentials, "gave no token"),
        ("token", ScriptedAnswer(status: 503), .serviceFailure, "answered 503"),
        ("key", ScriptedAnswer(body: key(code: "Failed")), .noCredentials, "no credentials to give"),
        ("key", ScriptedAnswer(body: key("2026-11-01T09:59:59Z", code: "Success")), .expiredCredentials, "expired"),
        ("key", ScriptedAnswer(status: 500, body: secret), .serviceFailure, "answered 500"),
        ("key", ScriptedAnswer(body: secret), .malformedAnswer, "JSON"),
    ])
    func `P17 what an instance's metadata answers instead is an error that shows nothing of it`(
        place: String,
        answer: ScriptedAnswer,
        kind: AWSError.Kind,
        why: String
    ) async throws {
        // Held: a server stops when nobody holds it.
        let server = try metadata([place: answer])
        let error = try await failure(instance(server))
        #expect(server.connections > 0)
        #expect(error.kind == kind && error.message.contains(why), "\(error)")
    }

    @Test func `an endpoint that never answers is waited for one second`() async throws {
        let server = try metadata(["token": ScriptedAnswer(body: "TOKEN", delay: .seconds(8))])
        let clock = ContinuousClock()
        let start = clock.now
        let error = try await failure(instance(server))
        #expect(clock.now - start < .seconds(6))
        #expect(error.kind == .noCredentials)
        #expect(error.message.contains("no credentials in the environment") && error.message.contains("hop limit"))
    }

    @Test(arguments: ["http://127.0.0.1@example.com", "169.254.169.254", "http://x/?a"])
    func `an endpoint that is no URL is an error`(url: String) async throws {
        let error = try await failure(chain(try ScriptedServer([]), ["AWS_EC2_METADATA_SERVICE_ENDPOINT": url]))
        #expect(error.kind == .misconfigured)
    }

    // MARK: web identity

    /// STS that makes a key of the last letters of the role's name.
    private func tokens(_ answer: ScriptedAnswer? = nil) throws -> ScriptedServer {
        try ScriptedServer { _, _ in answer ?? AttachedRoleTests.assumed("AssumeRoleWithWebIdentity") }
    }

    private static func assumed(_ operation: String) -> ScriptedAnswer {
        AWSTests.answer(
            operation,
            "<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>\(secret)</SecretAccessKey>"
                + "<SessionToken>t</SessionToken><Expiration>\(later)</Expiration></Credentials>"
        )
    }

    private func identity(_ path: String) -> [String: String] {
        [
            "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::1:role/w",
            "AWS_ROLE_SESSION_NAME": "pod-1",
        ]
    }

    @Test func `a web identity is exchanged without a signature, and its token read anew each time`() async throws {
        let server = try tokens()
        let path = try file("eyJ.one\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let chain = chain(server, identity(path))
        #expect(chain.endsInRole)
        #expect(try await chain.credentials(now: now) == Self.given)
        let asked = try #require(server.requests.first)
        #expect(asked[header: "authorization"] == nil && asked[header: "x-amz-date"] == nil)
        #expect(
            asked.body
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fw"
                + "&RoleSessionName=pod-1&WebIdentityToken=eyJ.one&DurationSeconds=3600"
        )
        try Data("eyJ.two".utf8).write(to: URL(fileURLWithPath: path))
        _ = try await chain.bounded(by: "{}", sessionName: "curfew-p1").credentials(now: now)
        let bounded = try #require(server.requests.last).body
        #expect(bounded.contains("WebIdentityToken=eyJ.two"))
        #expect(bounded.contains("RoleSessionName=curfew-p1") && bounded.contains("Policy=%7B%7D"))
    }

    @Test func `a profile's web identity, and one that is another profile's source`() async throws {
        let server = try ScriptedServer { request, _ in
            Self.assumed(request.body.contains("WebIdentity") ? "AssumeRoleWithWebIdentity" : "AssumeRole")
        }
        let path = try file("eyJ.one")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let config = """
            [profile web]
            role_arn = arn:aws:iam::1:role/w
            web_identity_token_file = \(path)
            role_session_name = night
            [profile chained]
            role_arn = arn:aws:iam::2:role/c
            source_profile = web
            """
        #expect(try await chain(server, [:], config: config, profile: "web").credentials(now: now) == Self.given)
        #expect(server.requests.last?.body.contains("RoleSessionName=night") == true)
        _ = try await chain(server, [:], config: config, profile: "chained").credentials(now: now)
        #expect(server.requests.suffix(2).map { $0.body.contains("WebIdentity") } == [true, false])
        #expect(server.requests.last?[header: "authorization"]?.contains("Credential=ASIA1/") == true)
    }

    @Test(arguments: [
        (AWSTests.failure("ExpiredTokenException", "Token \(secret) expired"), AWSError.Kind.expiredCredentials),
        (AWSTests.failure("InvalidIdentityToken", secret), .wrongCredentials),
        (AWSTests.failure("AccessDenied", secret, status: 403), .accessDenied),
        (AWSTests.failure("IDPCommunicationError", secret), .serviceFailure),
        (ScriptedAnswer(body: "<html>\(secret)</html>"), .notUnderstood),
    ])
    func `P17 a web identity that is refused is an error without its token`(
        answer: ScriptedAnswer,
        kind: AWSError.Kind
    ) async throws {
        let path = try file(secret)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try tokens(answer)
        let error = try await failure(chain(server, identity(path)))
        #expect(error.kind == kind, "\(error)")
        #expect(server.connections > 0)
    }

    @Test(arguments: [" \n", "a\nb", String(repeating: "x", count: 20_001)])
    func `a token file that holds no token, or is not there, is an error`(text: String) async throws {
        let server = try tokens()
        let path = try file(text)
        #expect(try await failure(chain(server, identity(path))).kind == .noCredentials)
        try FileManager.default.removeItem(atPath: path)
        #expect(try await failure(chain(server, identity(path))).message.contains(path))
        var half = identity(path)
        half["AWS_ROLE_ARN"] = nil
        #expect(try await failure(chain(server, half)).kind == .misconfigured)
        #expect(server.requests.isEmpty)
    }

    // MARK: the order

    @Test func `the first that is there is taken`() async throws {
        let path = try file("eyJ.one")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { request, _ in
            if request.path == "/container" { return ScriptedAnswer(body: Self.key()) }
            if request.body.contains("WebIdentity") { return Self.assumed("AssumeRoleWithWebIdentity") }
            return request.method == "PUT" ? ScriptedAnswer(status: 404) : ScriptedAnswer(status: 500)
        }
        let config = """
            [default]
            aws_access_key_id = AKDEFAULT
            aws_secret_access_key = s
            [profile other]
            aws_access_key_id = AKOTHER
            aws_secret_access_key = s
            """
        var variables = identity(path)
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url + "/container"
        variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url
        variables["AWS_PROFILE"] = "other"
        variables["AWS_ACCESS_KEY_ID"] = "AKENV"
        variables["AWS_SECRET_ACCESS_KEY"] = "s"
        func found(_ config: String) async throws -> (key: String, asked: String) {
            let key = try await chain(server, variables, config: config).credentials(now: now).accessKeyID
            return (key, server.requests.last.map { $0.path == "/" ? "sts" : $0.path } ?? "nobody")
        }
        #expect(try await found(config) == ("AKENV", "nobody"))
        (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = (nil, nil)
        #expect(try await found(config) == ("AKOTHER", "nobody"))
        variables["AWS_PROFILE"] = nil
        #expect(try await found(config) == ("ASIA1", "sts"))
        variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = nil
        #expect(try await found(config).key == "AKDEFAULT")
        #expect(try await found("[default]\nregion = eu-west-1\n") == ("ASIA1", "/container"))
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = nil
        let last = try await failure(chain(server, variables))
        #expect(last.kind == .noCredentials && server.requests.last?.path == "/latest/api/token")
        let asked = server.requests.count
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        #expect(try await failure(chain(server, variables)).kind == .noCredentials)
        #expect(server.requests.count == asked)
    }

    @Test func `a profile's role from a container or an instance`() async throws {
        let server = try ScriptedServer { request, _ in
            if request.path == "/container" { return ScriptedAnswer(body: Self.key()) }
            return Self.assumed("AssumeRole")
        }
        let config = """
            [profile ecs]
            role_arn = arn:aws:iam::1:role/e
            credential_source = EcsContainer
            [profile ec2]
            role_arn = arn:aws:iam::1:role/i
            credential_source = Ec2InstanceMetadata
            [profile wrong]
            role_arn = arn:aws:iam::1:role/i
            credential_source = Ec2Instance
            """
        let container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/container"]
        _ = try await chain(server, container, config: config, profile: "ecs").credentials(now: now)
        #expect(server.requests.map(\.path) == ["/container", "/"])
        #expect(try await failure(chain(server, [:], config: config, profile: "ecs")).kind == .noCredentials)
        let metadata = try metadata([:])
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url]
        _ = try await chain(server, variables, config: config, profile: "ec2").credentials(now: now)
        #expect(metadata.requests.count == 3 && server.requests.count == 3)
        let off = ["AWS_EC2_METADATA_DISABLED": "true"]
        #expect(try await failure(chain(server, off, config: config, profile: "ec2")).kind == .noCredentials)
        let wrong = try await failure(chain(server, off, config: config, profile: "wrong"))
        #expect(wrong.message.contains("Ec2InstanceMetadata"))
    }

    @Test func `a container's credentials are renewed five minutes before they expire`() async throws {
        let server = try ScriptedServer { _, number in
            ScriptedAnswer(body: Self.key(number == 0 ? later : "2026-11-01T12:00:00Z"))
        }
        let kept = RefreshingCredentials(chain(server, ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]))
        for seconds in [0, 3_299, 3_301, 3_302] { _ = try await kept.credentials(now: now + Double(seconds)) }
        #expect(server.requests.count == 2)
    }
}
