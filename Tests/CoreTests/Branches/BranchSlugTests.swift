import Core
import Testing

/// From branches to names, and never back.
@Suite struct BranchSlugTests {
    private func matcher(_ branches: String..., rules: NameRules = NameRules()) -> BranchMatcher {
        BranchMatcher(branches: branches, names: NameEvaluator(rules))
    }

    @Test(arguments: [
        ("feature/x", "feat-x"), ("feature/JIRA-1_x", "feat-jira-1-x"), ("feat/Grüße", "feat-gr-e"), ("x", "feat-x"),
        ("users/ada/feature/x", "feat-x"), ("fix/login", "fix-login"), ("JIRA-12", "feat-jira-12"),
        ("feature_x", "feat-x"),
    ])
    func `a live branch is found by the name that its environment has`(branch: String, name: String) {
        #expect(matcher(branch, "feature/other").named(EnvironmentName(name)) == [branch])
    }

    @Test func `several branches with one slug are all candidates`() {
        let found = matcher("feature/x", "feature-x", "feature/y").named(EnvironmentName("feat-x"))
        #expect(found == ["feature/x", "feature-x"])
    }

    @Test func `a slug is cut after 63 characters, as GitLab and github-slug-action do`() {
        let branch = "feature/" + String(repeating: "a", count: 70)
        let name = EnvironmentName("feat-" + String(repeating: "a", count: 55))
        #expect(matcher(branch).named(name) == [branch])
    }

    /// https://docs.gitlab.com/ci/environments: `review/feature-1` and its like.
    @Test func `GitLab's slug of an environment has a suffix that its whole name makes`() {
        let rules = NameRules(beginnings: ["review-…"])
        let branch = "fix-foo-bar-that-is-too-long"
        let slug = "review-fix-foo-bar-that-is-too-long"
        // The suffix of another name is none of ours, but may be cut from a longer one.
        let other = EnvironmentName("review-fix-foo-ba-dfjre3")
        let found = matcher(branch, rules: rules)
        #expect(found.named(other).isEmpty)
        #expect(found.resembling(other) == [branch], "\(slug)")
    }

    @Test func `what a tool has cut resembles every branch that begins like it`() {
        let found = matcher("feature/checkout-redesign-one", "feature/checkout-redesign-two", "feature/x")
        let name = EnvironmentName("feat-checkout-redes")
        #expect(found.named(name).isEmpty)
        #expect(found.resembling(name) == ["feature/checkout-redesign-one", "feature/checkout-redesign-two"])
        // No tool cuts as early as this.
        #expect(found.resembling(EnvironmentName("feat-check")).isEmpty)
    }

    @Test func `Amplify keeps letters and digits alone`() {
        #expect(matcher("feature/new-cart").resembling(EnvironmentName("feat-newcart")) == ["feature/new-cart"])
    }

    @Test(arguments: [
        ("pr-12", 12), ("mr-7", 7), ("preview-pr-3", 3), ("feat-pr", nil), ("pr-x", nil), ("pr-1-2", nil),
        ("feat-12", nil),
    ])
    func `a name may be the number of a pull request`(name: String, number: Int?) {
        #expect(EnvironmentName(name).requestNumber == number)
    }

    @Test(arguments: [
        "https://github.com/Acme/shop", "https://github.com:443/acme/shop.git", "git@github.com:acme/shop.git",
        "ssh://git@github.com:22/acme/shop", "https://token@github.com/acme/shop/",
    ])
    func `one repository is one place, however it is written`(address: String) throws {
        let place = try #require(RepositoryPlace(address: address))
        #expect(place == RepositoryPlace(address: "https://github.com/acme/shop"))
        #expect(!place.description.contains("token"))
    }

    @Test(arguments: [
        "", "shop", "/srv/shop", "ext::sh -c touch% /tmp/x", "-u@x:y", "https://github.com", "git@github.com:",
    ])
    func `what is no address is no place`(address: String) {
        #expect(RepositoryPlace(address: address) == nil || address.hasPrefix("-"))
    }
}
