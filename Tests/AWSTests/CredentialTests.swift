import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWS

private let now = Date(timeIntervalSince1970: 1_793_527_200)

@Suite struct CredentialTests {
    /// STS that makes a key of each role's name: `arn:…:role/a` gives `ASIA-a`.
    private func roleServer() throws -> ScriptedServer {
        try ScriptedServer { request, _ in
            let name = request.body.components(separatedBy: "RoleArn=")[1].prefix { $0 != "&" }.suffix(1)
            return assumed("ASIA-\(name)", until: "2026-11-01T11:00:00Z")
        }
    }

    private func chain(
        _ server: ScriptedServer,
        variables: [String: String] = [:],
        config: String = "",
        credentials: String = "",
        profile: String? = nil
    ) -> CredentialChain {
        let environment = AWSEnvironment(variables: variables, config: config, credentials: credentials)
        let roles = RoleSessions(ScriptedClient(server, now: { now }).connection, region: "eu-west-1")
        return CredentialChain(environment, profile: profile, roles: roles)
    }

    @Test func `the environment's key comes first, unless a profile is named`() async throws {
        let server = try ScriptedServer([])
        let variables = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        let file = "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = x # mine\n"
        let found = try await chain(server, variables: variables, credentials: file).credentials(now: now)
        #expect(found == Credentials(accessKeyID: "AKENV", secretAccessKey: "s", sessionToken: "t"))
        let named = chain(server, variables: variables, credentials: file, profile: "default")
        let own = try await named.credentials(now: now)
        #expect(own == Credentials(accessKeyID: "AKFILE", secretAccessKey: "x"))
    }

    @Test(arguments: [
        ["AWS_ACCESS_KEY_ID": "AK"], ["AWS_SECRET_ACCESS_KEY": "s"], [:], ["AWS_PROFILE": "nope"],
        ["AWS_PROFILE": "sso"], ["AWS_PROFILE": "nothing"], ["AWS_PROFILE": "half"], ["AWS_PROFILE": "instance"],
    ])
    func `what is missing is said, and nothing is asked of AWS`(variables: [String: String]) async throws {
        let server = try ScriptedServer([])
        let config = """
            [profile sso]
            sso_session = work
            [profile nothing]
            region = eu-west-1
            [profile half]
            aws_access_key_id = AK
            [profile instance]
            role_arn = arn:aws:iam::1:role/a
            credential_source = Ec2InstanceMetadata
            """
        let alone = variables.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
        let chain = chain(server, variables: alone, config: config)
        let error = await #expect(throws: AWSError.self) { try await chain.credentials(now: now) }
        #expect(error?.kind == .noCredentials)
        #expect(error?.message.isEmpty == false)
        if variables["AWS_PROFILE"] == "sso" { #expect(error?.message.contains("export-credentials") == true) }
        #expect(server.requests.isEmpty)
    }

    @Test func `roles are assumed along source_profile, each as the one before`() async throws {
        let server = try roleServer()
        let config = """
            [profile a]
            role_arn = arn:aws:iam::1:role/a
            source_profile = b
            external_id = ex/1
            role_session_name = curfew-night
            duration_seconds = 900
            [profile b]
            role_arn = arn:aws:iam::1:role/b
            source_profile = base
            """
        let base = "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=s\n"
        let found = try await chain(server, config: config, credentials: base, profile: "a").credentials(now: now)
        #expect(found.accessKeyID == "ASIA-a")
        #expect(found.expiration == now + 3600)
        #expect(server.requests.count == 2)
        #expect(server.requests[0][header: "authorization"]?.contains("Credential=AKBASE/") == true)
        #expect(server.requests[1][header: "authorization"]?.contains("Credential=ASIA-b/") == true)
        #expect(server.requests[1][header: "x-amz-security-token"] == "token-of-ASIA-b")
        let form = server.requests[1].body
        #expect(form.contains("RoleSessionName=curfew-night&ExternalId=ex%2F1&DurationSeconds=900"))
        #expect(!server.requests[0].body.contains("ExternalId"))
    }

    @Test func `a circle of profiles is an error, a profile as its own source is not`() async throws {
        let server = try roleServer()
        let config = """
            [profile a]
            role_arn = arn:aws:iam::1:role/a
            source_profile = b
            [profile b]
            role_arn = arn:aws:iam::1:role/b
            source_profile = a
            [profile own]
            role_arn = arn:aws:iam::1:role/o
            source_profile = own
            aws_access_key_id = AKOWN
            aws_secret_access_key = s
            [profile env]
            role_arn = arn:aws:iam::1:role/e
            credential_source = Environment
            """
        let circle = chain(server, config: config, profile: "a")
        let error = await #expect(throws: AWSError.self) { try await circle.credentials(now: now) }
        #expect(error?.message.contains("a → b → a") == true)
        #expect(server.requests.isEmpty)
        let own = chain(server, config: config, profile: "own")
        #expect(try await own.credentials(now: now).accessKeyID == "ASIA-o")
        let variables = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s"]
        let sourced = chain(server, variables: variables, config: config, profile: "env")
        #expect(try await sourced.credentials(now: now).accessKeyID == "ASIA-e")
        #expect(server.requests.last?[header: "authorization"]?.contains("Credential=AKENV/") == true)
    }

    @Test func `credential_process is run without a shell's expansions`() async throws {
        let server = try ScriptedServer([])
        let json = #"{"Version":1,"AccessKeyId":"$HOME","SecretAccessKey":"s","Expiration":"2026-11-01T11:00:00Z"}"#
        let config = "[default]\ncredential_process = printf '%s' '\(json)'\n"
        let variables = ["PATH": "/usr/bin:/bin"]
        let found = try await chain(server, variables: variables, config: config).credentials(now: now)
        #expect(found.accessKeyID == "$HOME")
        #expect(found.expiration == now + 3600)
    }

    @Test(arguments: [
        "/nowhere/program", "false", "echo s3cr3t", "",
        #"printf '{"Version":2,"AccessKeyId":"a","SecretAccessKey":"b"}'"#,
        #"printf '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2020-01-01T00:00:00Z"}'"#,
    ])
    func `P17 a credential_process that fails shows nothing of what it wrote`(command: String) async throws {
        let config = "[default]\nregion = x\ncredential_process = \(command)\n"
        let chain = chain(try ScriptedServer([]), variables: ["PATH": "/usr/bin:/bin"], config: config)
        let error = await #expect(throws: AWSError.self) { try await chain.credentials(now: now) }
        #expect(error?.description.contains("s3cr3t") == false)
    }

    @Test func `words are split as a shell does`() {
        #expect(shellWords(#"a 'b c' "d \"e" f\ g  ''"#) == ["a", "b c", #"d "e"#, "f g", ""])
    }

    @Test func `the files are read where the variables say, and a named one must be there`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("curfew-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/.aws", withIntermediateDirectories: true)
        try "[profile p]\nregion = eu-north-1\n".write(
            toFile: folder + "/.aws/config",
            atomically: true,
            encoding: .utf8
        )
        let home = try AWSEnvironment.read(["HOME": folder, "AWS_PROFILE": "p"])
        #expect(home.region() == "eu-north-1")
        #expect(home.profileNames == ["p"])
        let named = ["HOME": folder, "AWS_CONFIG_FILE": folder + "/.aws/config", "AWS_REGION": "eu-west-1"]
        #expect(try AWSEnvironment.read(named).region() == "eu-west-1")
        #expect(try AWSEnvironment.read(named).region(profile: "p") == "eu-north-1")
        #expect(throws: AWSError.self) { try AWSEnvironment.read(["AWS_SHARED_CREDENTIALS_FILE": folder + "/no"]) }
        #expect(try AWSEnvironment.read(["HOME": folder + "/elsewhere"]).profileNames.isEmpty)
    }

    @Test func `kept credentials are renewed five minutes before they expire, once for all who wait`() async throws {
        let server = try ScriptedServer { _, number in
            assumed("ASIA-\(number)", until: number == 0 ? "2026-11-01T11:00:00Z" : "2026-11-01T12:00:00Z")
        }
        let sessions = RoleSessions(ScriptedClient(server, now: { now }).connection, region: "eu-west-1")
        let role = RoleAssumption(roleARN: "arn:aws:iam::1:role/a", sessionName: "curfew", policy: "{}")
        let kept = exampleKey.assuming(role, sessions: sessions)
        func keys(_ at: Date) async -> Set<String> {
            await withTaskGroup(of: String.self) { group in
                for _ in 1...10 { group.addTask { (try? await kept.credentials(now: at).accessKeyID) ?? "?" } }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
        }
        #expect(await keys(now) == ["ASIA-0"])
        #expect(await keys(now + 3299) == ["ASIA-0"])
        #expect(server.requests.count == 1)
        #expect(await keys(now + 3301) == ["ASIA-1"])
        #expect(server.requests.count == 2)
        #expect(server.requests[0].body.contains("Policy=%7B%7D"))
    }

    @Test func `a renewal that fails leaves the old ones in use until they expire`() async throws {
        let server = try ScriptedServer { _, number in
            number == 0 ? assumed("ASIA-0", until: "2026-11-01T11:00:00Z") : failure("AccessDenied", status: 403)
        }
        let sessions = RoleSessions(ScriptedClient(server, now: { now }).connection, region: "eu-west-1")
        let kept = exampleKey.assuming(RoleAssumption(roleARN: "r", sessionName: "curfew"), sessions: sessions)
        _ = try await kept.credentials(now: now)
        #expect(try await kept.credentials(now: now + 3500).accessKeyID == "ASIA-0")
        let error = await #expect(throws: AWSError.self) { try await kept.credentials(now: now + 3600) }
        #expect(error?.isAccessDenied == true)
    }

    @Test func `expired credentials are not used`() async {
        let old = Credentials(accessKeyID: "a", secretAccessKey: "b", expiration: now)
        let error = await #expect(throws: AWSError.self) { try await old.credentials(now: now) }
        #expect(error?.kind == .expiredCredentials)
    }
}

private func assumed(_ key: String, until expiration: String) -> ScriptedAnswer {
    answer(
        "AssumeRole",
        "<Credentials><AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            + "<SessionToken>token-of-\(key)</SessionToken><Expiration>\(expiration)</Expiration></Credentials>"
            + "<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/x/curfew</Arn></AssumedRoleUser>"
    )
}
