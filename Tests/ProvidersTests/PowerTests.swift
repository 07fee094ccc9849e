import Core
import Foundation
import TestSupport
import Testing

@testable import AWS
@testable import Providers

private let deleted = "<DeleteStackResponse><ResponseMetadata/></DeleteStackResponse>"

@Suite struct PowerTests {
    /// STS and CloudFormation in one: every AssumeRole gives the next key.
    private func server(sessionLength: Duration = .seconds(3_600)) throws -> ScriptedServer {
        try ScriptedServer { request, number in
            guard request.body.contains("Action=AssumeRole") else { return ScriptedAnswer(body: deleted) }
            let end = Date().addingTimeInterval(TimeInterval(sessionLength.components.seconds))
            let xml = """
                <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA\(number)</AccessKeyId>\
                <SecretAccessKey>secret-\(number)</SecretAccessKey><SessionToken>token</SessionToken>\
                <Expiration>\(end.formatted(.iso8601))</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
                """
            return ScriptedAnswer(body: xml)
        }
    }

    private func power(_ server: ScriptedServer) -> AWSPower {
        let role = RoleAssumption(
            roleARN: "arn:aws:iam::123456789012:role/reaper",
            sessionName: "curfew",
            externalID: "e"
        )
        let connection = connecting(to: server.url)
        return AWSPower([
            account: .role { policy, name in
                let sessions = RoleSessions(connection, region: "eu-central-1")
                let bounded = role.bounded(by: policy, sessionName: name)
                return AWSClient(credentials: key.assuming(bounded, sessions: sessions), connection: connection)
            }
        ])
    }

    private func delete(_ id: ComponentID, _ power: any ProviderDeleting, at place: Target = target) async throws {
        try await power.requestDeletion(of: id, in: place, token: StepToken("t"), retaining: [], window: window())
    }

    @Test func `P18 the role is assumed with the policy of exactly these stacks, under the plan's name`() async throws {
        let server = try server()
        try await delete(feature, power(server).power(over: [feature], plan: PlanID(12), in: account))
        let policy = percentEncoded(try SessionPolicy.over([feature], in: account))
        let assumption = try #require(server.requests.first?.body)
        #expect(assumption.contains("&RoleSessionName=curfew-P12&"))
        #expect(assumption.contains("&ExternalId=e&"))
        #expect(assumption.hasSuffix("&Policy=\(policy.replacingOccurrences(of: "%20", with: "+"))"))
        #expect(server.requests.last?[header: "authorization"]?.contains("Credential=ASIA0/") == true)
        #expect(server.requests.count == 2)
    }

    @Test func `P18 another stack is refused before anything is sent`() async throws {
        let server = try server()
        let power = power(server).power(over: [feature], plan: PlanID(12), in: account)
        await #expect(throws: ProviderFailure.self) { try await delete(other, power) }
        await #expect(throws: ProviderFailure.self) {
            try await power.switchProtectionOff(of: other, in: target, window: window())
        }
        let elsewhere = Target(account: AccountID("210987654321"), region: target.region)
        await #expect(throws: ProviderFailure.self) { try await delete(feature, power, at: elsewhere) }
        await #expect(throws: ProviderFailure.self) {
            try await power.deleteLogGroup("/aws/lambda/x", in: elsewhere, window: window())
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `P18 nine stacks, an unknown account or a strange id give a power that refuses everything`() async throws
    {
        let server = try server()
        let nine = (1...9).map {
            ComponentID("arn:aws:cloudformation:eu-central-1:123456789012:stack/feature-\($0)/1")
        }
        let refusals = [
            (power(server).power(over: nine, plan: PlanID(1), in: account), "9 stacks"),
            (power(server).power(over: [feature], plan: PlanID(1), in: AccountID("210987654321")), "210987654321"),
            (power(server).power(over: [ComponentID("*")], plan: PlanID(1), in: account), "'*'"),
        ]
        for (power, words) in refusals {
            let error = await #expect(throws: ProviderFailure.self) { try await delete(feature, power) }
            #expect(error?.summary.contains(words) == true, "\(error?.summary ?? "")")
            await #expect(throws: ProviderFailure.self) {
                try await power.emptyBucket("things", in: target, atMost: 1, window: window())
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `a session is kept for its stacks and its plan, and renewed before it ends`() async throws {
        let long = try server()
        let power = power(long)
        for _ in 1...3 { try await delete(feature, power.power(over: [feature], plan: PlanID(1), in: account)) }
        #expect(long.requests.filter { $0.body.contains("AssumeRole") }.count == 1)
        try await delete(feature, power.power(over: [feature, other], plan: PlanID(1), in: account))
        try await delete(feature, power.power(over: [feature], plan: PlanID(2), in: account))
        #expect(long.requests.filter { $0.body.contains("AssumeRole") }.count == 3)

        let short = try server(sessionLength: .seconds(200))
        let other = self.power(short).power(over: [feature], plan: PlanID(1), in: account)
        for _ in 1...2 { try await delete(feature, other) }
        #expect(short.requests.filter { $0.body.contains("AssumeRole") }.count == 2)
    }

    @Test func `P18 credentials that are no role's are not bounded, and their power still is`() async throws {
        let server = try server()
        let power = AWSPower([account: .whole(client(server.url))])
        #expect(!power.isBounded(account))
        #expect(self.power(server).isBounded(account))
        #expect(!power.isBounded(AccountID("210987654321")))
        let given = power.power(over: [feature], plan: PlanID(1), in: account)
        try await delete(feature, given)
        await #expect(throws: ProviderFailure.self) { try await delete(other, given) }
        #expect(server.requests.count == 1)
        #expect(!(server.requests.first?.body.contains("AssumeRole") ?? true))
    }

    @Test func `P11 every kind of call is signed when its intent was committed, and late ones are not sent`()
        async throws
    {
        let server = try ScriptedServer { request, _ in
            if request.body.contains("UpdateTermination") {
                let id =
                    "<UpdateTerminationProtectionResult><StackId>\(feature)</StackId></UpdateTerminationProtectionResult>"
                return ScriptedAnswer(
                    body: "<UpdateTerminationProtectionResponse>\(id)</UpdateTerminationProtectionResponse>"
                )
            }
            return ScriptedAnswer(body: request[header: "x-amz-target"] == nil ? deleted : "{}")
        }
        let power = AWSDeleter(over: [feature], in: account, client: client(server.url))
        let signedAt = Date(timeIntervalSince1970: 1_793_527_200)
        let open = window(signedAt: signedAt)
        try await power.requestDeletion(
            of: feature,
            in: target,
            token: StepToken("t"),
            retaining: ["Keep"],
            window: open
        )
        try await power.switchProtectionOff(of: feature, in: target, window: open)
        try await power.deleteLogGroup("/aws/lambda/x", in: target, window: open)
        #expect(server.requests.map { $0[header: "x-amz-date"] } == Array(repeating: "20261101T100000Z", count: 3))
        #expect(server.requests[0].body.contains("&RetainResources.member.1=Keep&"))

        let late = CallWindow(signedAt: signedAt, notAfter: .now - .milliseconds(1))
        let calls: [() async throws -> Void] = [
            {
                try await power.requestDeletion(
                    of: feature,
                    in: target,
                    token: StepToken("t"),
                    retaining: [],
                    window: late
                )
            },
            { try await power.switchProtectionOff(of: feature, in: target, window: late) },
            { _ = try await power.emptyBucket("things", in: target, atMost: 9, window: late) },
            { _ = try await power.deleteImages(of: "app", in: target, atMost: 9, window: late) },
            { try await power.deleteLogGroup("/aws/lambda/x", in: target, window: late) },
        ]
        for call in calls { await #expect(throws: ProviderFailure.self) { try await call() } }
        #expect(server.requests.count == 3)
    }
}
