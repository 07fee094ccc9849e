/// Names of sessions, users and roles behind which stands a pipeline or a program: they own nothing.
///
/// The sessions are those that tools choose where nobody names one (`GitHubActions` by configure-aws-credentials,
/// `botocore-session-1700000000` by botocore, `AWSCodeBuild-<uuid>` by CodeBuild); configuration adds to them.
struct MachineNames: Sendable {
    static let sessions = [
        "GitHubActions*", "github-actions*", "gitlab-*", "gitlab_*", "bitbucket*", "circleci*", "buildkite*",
        "jenkins*", "travis*", "teamcity*", "azure-devops*", "azuredevops*", "spacelift*", "atlantis*", "terraform*",
        "tfc-*", "pulumi*", "argocd*", "flux-*", "ci", "ci-*", "cicd*", "deploy", "deployer", "deployment", "default*",
        "botocore-session-*", "aws-cli-session-*", "aws-sdk-*", "aws-go-sdk-*", "aws-dotnet-sdk-*", "aws-java-sdk-*",
        "assume-role-*", "AWSCodeBuild*", "codebuild*", "codepipeline*", "AWSCloudFormation*", "cloudformation*",
        "StackSet*", "curfew", "curfew-*", "gntd-*", "assumed-from-leapp*", "session", "test-session*",
    ]

    static let roles = [
        "AWSServiceRoleFor*", "cdk-*-cfn-exec-role-*", "*github-actions*", "*githubactions*", "*gitlab-ci*",
        "*codebuild*", "*codepipeline*", "*jenkins*", "stacksets-exec-*", "AWSCloudFormationStackSet*",
    ]

    private static let builtInSessions = sessions.map(NameGlob.init)
    private static let builtInRoles = roles.map(NameGlob.init)

    private let added: [NameGlob]

    init(adding globs: [String]) { added = globs.map(NameGlob.init) }

    /// The glob, or what else says so; nil for what may be a person.
    func rule(ofName name: String) -> String? {
        if let glob = (Self.builtInSessions + added).first(where: { $0.matches(name) }) { return glob.text }
        return Self.isMadeUp(name) ? "made up by a program" : nil
    }

    func rule(ofRole role: String) -> String? {
        (Self.builtInRoles + added).first { $0.matches(role) }?.text
    }

    /// Numbers, instance ids, task ids and UUIDs: what services and tools take where nobody is there to name a session.
    private static func isMadeUp(_ name: String) -> Bool {
        if name.hasPrefix("i-"), name.count >= 10, name.dropFirst(2).allSatisfy(\.isHexDigit) { return true }
        let bare = name.filter { $0 != "-" && $0 != "." && $0 != "_" }
        if bare.allSatisfy(\.isNumber) { return true }
        return bare.count >= 32 && bare.allSatisfy(\.isHexDigit)
    }

    /// The host of a provider of workloads' identities; nil for a provider of people's.
    static func pipelineHost(_ provider: String) -> String? {
        let name = provider.lowercased()
        return [
            "token.actions.githubusercontent.com", "gitlab.", "oidc.circleci.com", "api.bitbucket.org",
            "agent.buildkite.com", "vstoken.dev.azure.com", "app.terraform.io", "oidc.eks.", "spacelift.io",
            "jenkins", "semaphoreci.com",
        ].first { name.contains($0) }
    }

    /// Logins of build machines, containers and images, which say nothing about who uses them.
    static func isSharedLogin(_ login: String) -> Bool {
        [
            "root", "runner", "ubuntu", "ec2-user", "admin", "administrator", "user", "node", "app", "builder", "build",
            "vscode", "codespace", "gitpod", "jenkins", "circleci", "gitlab-runner", "codebuild-user", "vsts",
            "vsts_azpcontainer",
            "buildkite-agent", "runneradmin", "noname", "unknown",
        ].contains(login.lowercased())
    }
}
