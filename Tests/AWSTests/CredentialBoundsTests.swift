import Foundation
import TestSupport
import Testing

@testable import AWS

/// A profile's role assumed with less (P18).
@Suite struct CredentialBoundsTests {
    private static let config = """
        [profile base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = secret
        [profile middle]
        role_arn = arn:aws:iam::123456789012:role/middle
        source_profile = base
        [profile reaper]
        role_arn = arn:aws:iam::123456789012:role/reaper
        source_profile = middle
        external_id = e-1
        role_session_name = somebody
        duration_seconds = 900
        """

    private func chain(
        _ profile: String?,
        _ server: ScriptedServer,
        variables: [String: String] = [:]
    ) -> CredentialChain {
        CredentialChain(
            AWSEnvironment(variables: variables, config: Self.config),
            profile: profile,
            roles: RoleSessions(ScriptedClient(server).connection, region: "eu-central-1")
        )
    }

    private var session: ScriptedAnswer {
        answer(
            "AssumeRole",
            "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                + "<SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>"
        )
    }

    @Test func `P18 the last role of a profile's chain is bounded, and only that one`() async throws {
        let server = try ScriptedServer([session, session])
        let bounded = chain("reaper", server).bounded(by: "{}", sessionName: "curfew-P1")
        _ = try await bounded.credentials(now: Date())
        let (middle, last) = (server.requests[0].body, server.requests[1].body)
        #expect(middle.contains("role%2Fmiddle") && !middle.contains("Policy="))
        #expect(
            last.contains("role%2Freaper&RoleSessionName=curfew-P1&ExternalId=e-1&DurationSeconds=900&Policy=%7B%7D")
        )
    }

    @Test func `P18 credentials that are no role's are never taken for bounded ones`() async throws {
        let server = try ScriptedServer([])
        let key = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(chain("reaper", server).endsInRole)
        #expect(!chain("base", server).endsInRole)
        #expect(!chain("nope", server).endsInRole)
        #expect(!chain(nil, server).endsInRole)
        #expect(chain(nil, server, variables: ["AWS_PROFILE": "reaper"]).endsInRole)
        // The environment's key wins over AWS_PROFILE, but not over a profile that is named here.
        #expect(!chain(nil, server, variables: key.merging(["AWS_PROFILE": "reaper"]) { $1 }).endsInRole)
        #expect(chain("reaper", server, variables: key).endsInRole)
        for chain in [chain("base", server), chain(nil, server, variables: key)] {
            let error = await #expect(throws: AWSError.self) {
                try await chain.bounded(by: "{}", sessionName: "curfew-P1").credentials(now: Date())
            }
            #expect(error?.kind == .misconfigured)
        }
        #expect(server.requests.isEmpty)
    }
}
