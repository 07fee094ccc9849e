import Core
import Foundation
import TestSupport
import Testing

@testable import AWS
@testable import Providers

/// What CloudTrail's records come to: whose call, about which stack.
@Suite struct TrailTests {
    private func record(_ name: String, _ members: String, identity: String) -> String {
        """
        {"eventID": "e-\(name)", "eventName": "\(name)", "eventTime": "2026-11-01T10:00:00Z",
         "eventSource": "cloudformation.amazonaws.com", "awsRegion": "eu-central-1",
         "recipientAccountId": "123456789012", "userIdentity": \(identity), \(members)}
        """
    }

    private static let user = #"{"type":"IAMUser","userName":"Alice","arn":"arn:aws:iam::123456789012:user/Alice"}"#

    /// The records of one page, as the provider gives them.
    private func page(_ records: [String], _ call: TrailCall = .createStack) async throws -> TrailPage {
        let entries = try records.map { record in
            let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
            return #"{"EventTime":1793527200,"CloudTrailEvent":\#(text)}"#
        }
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"Events":[\#(entries.joined(separator: ","))],"NextToken":"n"}"#)
        ])
        let provider = AWSProvider(clients: [account: client(server.url)], meter: CallMeter())
        return try await provider.trail(
            TrailQuestion(call, from: Date(timeIntervalSince1970: 0), until: Date(timeIntervalSince1970: 9)),
            page: nil,
            in: target
        )
    }

    private func identity(_ json: String) async throws -> TrailIdentity {
        let event = try await page([record("CreateStack", #""requestParameters":null"#, identity: json)]).events.first
        return try #require(event).identity
    }

    @Test func `every call names its stack in its own way`() async throws {
        let id = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1"
        let set = "arn:aws:cloudformation:eu-central-1:123456789012:changeSet/deploy/2"
        func only(_ call: TrailCall, _ members: String) async throws -> TrailEvent {
            try #require(
                try await page([record(call.rawValue, members, identity: Self.user)], call).events.first
            )
        }
        let created = try await only(
            .createStack,
            #""requestParameters":{"stackName":"shop"},"responseElements":{"stackId":"\#(id)"}"#
        )
        #expect(created.component == ComponentID(id) && created.name == nil && created.makes)
        func changed(_ type: String) async throws -> TrailEvent {
            try await only(
                .createChangeSet,
                #""requestParameters":{"stackName":"shop","changeSetName":"deploy"\#(type)},"#
                    + #""responseElements":{"id":"\#(set)","stackId":"\#(id)"}"#
            )
        }
        #expect(try await changed(#","changeSetType":"CREATE""#).makes)
        #expect(try await changed(#","changeSetType":"CREATE""#).component == ComponentID(id))
        // UPDATE is what AWS takes where nothing is said.
        #expect(try await !changed("").makes)
        #expect(try await !changed(#","changeSetType":"UPDATE""#).makes)
        let named = try await only(
            .executeChangeSet,
            #""requestParameters":{"stackName":"shop","changeSetName":"deploy"},"responseElements":null"#
        )
        #expect(named.component == nil && named.name == "shop" && !named.makes)
        let byID = try await only(
            .executeChangeSet,
            #""requestParameters":{"stackName":"\#(id)","changeSetName":"\#(set)"},"responseElements":null"#
        )
        #expect(byID.component == ComponentID(id) && byID.name == nil)
    }

    @Test func `failed calls, other accounts', regions' and services' are left out; broken ones are counted`()
        async throws
    {
        let good = record("CreateStack", #""requestParameters":{"stackName":"x"}"#, identity: Self.user)
        let others = [
            good.replacing(#""requestParameters""#, with: #""errorCode":"AlreadyExistsException","requestParameters""#),
            good.replacing("123456789012\",", with: "210987654321\","),
            good.replacing("eu-central-1", with: "us-east-1"),
            good.replacing("cloudformation.amazonaws.com", with: "x.amazonaws.com"),
        ]
        #expect(others.allSatisfy { $0 != good })
        let page = try await page(others + ["{ no JSON", good])
        #expect(page.events.map(\.id) == ["e-CreateStack"] && page.unreadable == 1 && page.next == "n")
        #expect(page.oldest == Date(timeIntervalSince1970: 1_793_527_200))
    }

    @Test func `the shapes of the identity reference`() async throws {
        let role = #""sessionIssuer":{"type":"Role","userName":"RoleToBeAssumed"}"#
        let assumed = try await identity(
            #"{"type":"AssumedRole","principalId":"AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName","#
                + #""arn":"arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName","#
                + #""sessionContext":{\#(role),"sourceIdentity":"ada"}}"#
        )
        #expect(
            assumed
                == TrailIdentity(
                    kind: "AssumedRole",
                    roleName: "RoleToBeAssumed",
                    sessionName: "MySessionName",
                    sourceIdentity: "ada"
                )
        )
        // Without an issuer and an ARN the principal's id is left.
        let bare = try await identity(#"{"type":"AssumedRole","principalId":"AROA:ada@example.com"}"#)
        #expect(bare.sessionName == "ada@example.com" && bare.roleName == nil)
        let plain = try await identity(
            #"{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/Dev/ada"}"#
        )
        #expect(plain.roleName == "Dev" && plain.sessionName == "ada")
        let federated = try await identity(
            #"{"type":"FederatedUser","principalId":"123456789012:ben","arn":"arn:aws:sts::123456789012:federated-user/ben"}"#
        )
        #expect(federated.sessionName == "ben")
        let user = try await identity(Self.user)
        #expect(user == TrailIdentity(kind: "IAMUser", userName: "Alice"))
        let root = try await identity(#"{"type":"Root","principalId":"123456789012","arn":"arn:aws:iam::1:root"}"#)
        #expect(root == TrailIdentity(kind: "Root"))
        let center = try await identity(
            #"{"type":"IdentityCenterUser","accountId":"1","onBehalfOf":{"userId":"544894e8","identityStoreArn":"x"}}"#
        )
        #expect(center.userName == nil && !center.caller().isPerson)
        let service = try await identity(#"{"type":"AWSService","invokedBy":"cloudformation.amazonaws.com"}"#)
        #expect(service.invokedBy == "cloudformation.amazonaws.com")
        let web = try await identity(
            #"{"type":"WebIdentityUser","principalId":"accounts.google.com:app:user","userName":"user","#
                + #""identityProvider":"accounts.google.com"}"#
        )
        #expect(web.federatedProvider == "accounts.google.com" && web.sessionName == nil)
    }
}
