import Core
import Testing

/// Who made a stack, by every shape of identity that CloudTrail documents.
@Suite struct TrailIdentityTests {
    /// The owner, or `nobody`.
    private func who(_ identity: TrailIdentity, machines: [String] = []) -> String {
        if case .person(let owner, _) = identity.caller(machines: machines) { owner.text } else { "nobody" }
    }

    private func session(_ name: String?, role: String? = "Developer") -> TrailIdentity {
        TrailIdentity(kind: "AssumedRole", roleName: role, sessionName: name)
    }

    @Test func `users and people's sessions are owners, whoever vouches for them`() {
        #expect(who(TrailIdentity(kind: "IAMUser", userName: "Alice")) == "alice")
        #expect(who(session("Ada@Example.com", role: "AWSReservedSSO_Dev_0123456789abcdef")) == "ada@example.com")
        #expect(who(session("ada")) == "ada")
        #expect(who(TrailIdentity(kind: "FederatedUser", sessionName: "ben")) == "ben")
        #expect(who(TrailIdentity(kind: "IdentityCenterUser", userName: "cleo@example.com")) == "cleo@example.com")
        #expect(who(TrailIdentity(kind: "SAMLUser", userName: "dora")) == "dora")
        #expect(who(session("aws-cdk-ada")) == "ada")
    }

    @Test func `a source identity outweighs the session's name, which anybody can choose`() {
        var identity = session("somebody-else")
        identity.sourceIdentity = "ada@example.com"
        guard case .person(let owner, let basis) = identity.caller() else {
            Issue.record("nobody")
            return
        }
        #expect(owner.text == "ada@example.com" && basis == "source identity in role Developer")
        guard case .person(_, let claimed) = session("ada").caller() else {
            Issue.record("nobody")
            return
        }
        #expect(claimed.hasSuffix("chosen by whoever assumed it: a claim and no proof"))
        guard case .person(_, let given) = session("ada", role: "AWSReservedSSO_Dev_0123456789abcdef").caller() else {
            Issue.record("nobody")
            return
        }
        #expect(given == "IAM Identity Center, role AWSReservedSSO_Dev_0123456789abcdef")
    }

    @Test(arguments: [
        "GitHubActions", "githubactions-4711", "gitlab-42", "botocore-session-1700000000", "aws-sdk-js-session-1",
        "aws-go-sdk-1700000000000000000", "AWSCodeBuild-7f0b0a1e-8a4c-4b1e-9a51-000000000000", "curfew-111122223333",
        "1700000000000000000", "i-0123456789abcdef0", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "7f0b0a1e-8a4c-4b1e-9a51-000000000000", "gntd-AbC-5", "aws-cdk-root", "aws-cdk-runner", "n/a", "", "ci",
    ])
    func `no pipeline's or program's session is an owner`(name: String) {
        #expect(who(session(name)) == "nobody")
    }

    @Test(arguments: ["cdk-hnb659fds-cfn-exec-role-1-eu-west-1", "AWSServiceRoleForX", "shop-github-actions-deploy"])
    func `no pipeline's role owns anything, whatever the session is called`(role: String) {
        #expect(who(session("ada", role: role)) == "nobody")
    }

    @Test func `a workload's web identity is nobody, a person's is`() {
        var identity = session("ada")
        for provider in [
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            "arn:aws:iam::1:oidc-provider/gitlab.example.com",
            "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1",
        ] {
            identity.federatedProvider = provider
            #expect(who(identity) == "nobody", "\(provider)")
        }
        identity.federatedProvider = "arn:aws:iam::1:oidc-provider/login.example.com"
        #expect(who(identity) == "ada")
    }

    @Test func `what CloudFormation and other services call in somebody's name is skipped`() {
        var identity = TrailIdentity(kind: "IAMUser", userName: "ada")
        identity.invokedBy = "cloudformation.amazonaws.com"
        #expect(who(identity) == "nobody")
        for kind in ["Root", "AWSService", "AWSAccount", "WebIdentityUser", "Unknown", "", "SomethingNew"] {
            #expect(who(TrailIdentity(kind: kind, userName: "ada")) == "nobody", "\(kind)")
        }
        #expect(who(TrailIdentity(kind: "IAMUser")) == "nobody")
        #expect(who(session(nil)) == "nobody")
    }

    @Test func `settings add roles, sessions and users that own nothing, and take none away`() {
        #expect(who(session("ship-it"), machines: ["ship-*"]) == "nobody")
        #expect(who(session("ada", role: "DeployRole"), machines: ["deployrole"]) == "nobody")
        #expect(who(TrailIdentity(kind: "IAMUser", userName: "robot"), machines: ["robot"]) == "nobody")
        #expect(who(session("ada"), machines: ["ship-*"]) == "ada")
        #expect(who(session("GitHubActions"), machines: ["ship-*"]) == "nobody")
    }
}
