import Core
import Settings
import Testing

/// `repositories:` in the settings file.
@Suite struct RepositoryEntryTests {
    @Test func `repositories are read, and their hosts' APIs found where that is clear`() throws {
        let found = try settings(
            oneAccount + """
                spaces: { shop: [sandbox] }
                repositories:
                  - { url: "https://github.com/acme/shop", token_from: "env:GITHUB_TOKEN", environments: "feat-shop-*" }
                  - { url: "git@gitlab.com:acme/web.git", spaces: [shop], default_branch: trunk }
                  - { url: "https://github.example.com/acme/api" }
                  - { url: "https://code.example.com/acme/tool", kind: gitlab, api: "https://code.example.com/git/api/v4/" }
                  - { url: "ssh://git@example.com:2222/srv/plain.git", kind: git }
                  - { url: "file:///srv/mirror/shop.git" }

                """
        ).repositories
        #expect(found.map(\.repository.kind) == [.github, .gitlab, .github, .gitlab, .git, .git])
        #expect(
            found.map(\.repository.api) == [
                "https://api.github.com", "https://gitlab.com/api/v4", "https://github.example.com/api/v3",
                "https://code.example.com/git/api/v4", "", "",
            ]
        )
        #expect(found.map(\.token) == [.environment("GITHUB_TOKEN"), nil, nil, nil, nil, nil])
        #expect(found[0].repository.environments == [NameGlob("feat-shop-*")])
        #expect(found[1].repository.spaces == [SpaceName("shop")])
        #expect(found[1].repository.defaultBranch == "trunk")
        let key = EnvironmentKey(space: SpaceName("shop"), name: EnvironmentName("feat-shop-x"), incarnation: 1)
        let other = EnvironmentKey(space: SpaceName("pay"), name: EnvironmentName("feat-x"), incarnation: 1)
        #expect(found.map { $0.repository.stands(for: key) } == [true, true, true, true, true, true])
        #expect(found.map { $0.repository.stands(for: other) } == [false, false, true, true, true, true])
    }

    @Test(arguments: [
        "{ url: shop }", "{ url: \"https://code.example.com/acme/shop\" }", "{ kind: git }",
        "{ url: \"https://github.com/acme/shop\", kind: bitbucket }",
        "{ url: \"https://github.com/acme/shop\", api: \"http://api.example.com\" }",
        "{ url: \"https://github.com/acme/shop\", kind: git, api: \"https://api.github.com\" }",
        "{ url: \"file:///srv/shop\", kind: github }", "{ url: \"ext::sh -c x\" }", "{ url: \"-u\" }",
        "{ url: \"https://github.com/acme/shop\", spaces: [nowhere] }",
        "{ url: \"https://github.com/acme/shop\", tokens: x }",
        "{ url: \"https://github.com/acme/shop\", environments: [] }",
        "{ url: \"http://github.com/acme/shop\", token_from: \"env:T\" }",
    ])
    func `a repository that is not certain is refused`(entry: String) {
        let found = problems(inSettings: oneAccount + "repositories: [\(entry)]\n")
        #expect(found.count == 1, "\(found)")
    }

    @Test(arguments: [
        "{ url: \"https://ada:s3cret@github.com/acme/shop\" }", "{ url: \"https://s3cret@github.com/acme/shop\" }",
        "{ url: \"ssh://git:s3cret@example.com/shop\", kind: git }",
        "{ url: \"https://github.com/acme/shop?token=s3cret\" }",
        "{ url: \"https://github.com/acme/shop\", token_from: s3cret }",
        "{ url: \"https://github.com/acme/shop\", api: \"https://s3cret@github.com\" }",
    ])
    func `P17 a secret in the file is refused and never repeated`(entry: String) {
        let found = problems(inSettings: oneAccount + "repositories: [\(entry)]\n")
        #expect(found.count == 1, "\(found)")
        #expect(!found.joined().contains("s3cret") || found.joined().contains("api"), "\(found)")
    }

    @Test func `one repository stands there once, however it is written`() {
        let found = problems(
            inSettings: oneAccount + """
                repositories:
                  - { url: "https://github.com/acme/shop" }
                  - { url: "git@github.com:Acme/shop.git" }

                """
        )
        #expect(found.count == 1)
        #expect(found.first?.contains("stands in line 3 already") == true, "\(found)")
    }

    @Test func `a clause names what it asks for, and a near word is told`() throws {
        let set = try policies(
            onePolicy(staleWhen: "{ any: [{ branch: gone }, { all: [{ branch: merged }, { pull_request: closed }] }] }")
        )
        #expect(set.policies[0].staleWhen == .any([.branch(.gone), .all([.branch(.merged), .pullRequest(.closed)])]))
        #expect(problems(inPolicies: onePolicy(staleWhen: "{ branch: mergd }")).first?.contains("`merged`") == true)
        #expect(
            problems(inPolicies: onePolicy(staleWhen: "{ pull_requests: closed }")).first?.contains(
                "did you mean `pull_request`?"
            ) == true
        )
    }
}
