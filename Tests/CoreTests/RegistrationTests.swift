import Core
import Foundation
import Testing

@Suite struct RegistrationTests {
    private let names = NameEvaluator(NameRules(beginnings: ["spike-…"]))

    private func mistake(_ work: () throws(RegistrationMistake) -> Void) -> RegistrationMistake? {
        do throws(RegistrationMistake) {
            try work()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Which life

    @Test func `a registration counts from an hour before the oldest component on, to the end of the life`() {
        let life = RegisteredLife(oldest: noon, ended: daysFromNow(3))
        let lead = hours(1)
        #expect(!life.counts(noon.later(by: .zero - lead - .seconds(1))))
        #expect(life.counts(noon.later(by: .zero - lead)))
        #expect(life.counts(noon))
        #expect(life.counts(daysFromNow(3).later(by: .seconds(-1))))
        #expect(!life.counts(daysFromNow(3)))
        #expect(RegisteredLife(oldest: noon).counts(daysFromNow(3_000)))
    }

    @Test func `what was said while the life before was there is not about this one, however short the gap`() {
        let tenMinutes = Duration.seconds(600)
        let ended = noon.later(by: .zero - tenMinutes)
        let life = RegisteredLife(oldest: noon, formerEnded: ended)
        #expect(!life.counts(ended.later(by: .seconds(-1))))
        #expect(life.counts(ended))
        #expect(life.counts(noon))
        // An end that was noticed only afterwards does not date what was registered for this life.
        let noticed = RegisteredLife(oldest: noon, formerEnded: daysFromNow(0.5))
        #expect(noticed.counts(noon.later(by: .seconds(60))))
        #expect(!noticed.counts(daysAgo(0.05)))
    }

    @Test func `of any two lives of a name that follow each other at a known moment, at most one takes a registration`()
    {
        var numbers = SeededNumbers(state: 7)
        var taken = 0
        for _ in 0..<2_000 {
            func minutes(_ most: Int) -> Duration { .seconds(60 * Int.random(in: 0...most, using: &numbers)) }
            let first = noon
            let ended = first.later(by: minutes(300))
            let second = ended.later(by: minutes(120) + .seconds(1))
            let at = first.later(by: minutes(500) - .seconds(3_600))
            let lives = [
                RegisteredLife(oldest: first, ended: ended), RegisteredLife(oldest: second, formerEnded: ended),
            ]
            let counts = lives.count { $0.counts(at) }
            #expect(counts <= 1)
            taken += counts
        }
        #expect(taken > 500)
    }

    // MARK: Names

    @Test(arguments: [
        ("feat-x", "feat-x"), ("feature/JIRA-1_x", "feat-jira-1-x"), ("checkout", "feat-checkout"),
        ("Feature_X", "feat-x"), ("refs/heads/feature/x", "feat-x"), ("refs/pull/12/merge", "pr-12"),
        ("refs/merge-requests/7/head", "mr-7"), ("mr-7", "mr-7"), ("spike-y", "spike-y"), (" feat-x\n", "feat-x"),
        ("hotfix/12", "hotfix-12"), ("feat-test-login", "feat-test-login"),
    ])
    func `a name is read as a tag feature is`(written: String, name: String) throws {
        #expect(try RegisteredValue.name(written, by: names).text == name)
        let tagged = names.evaluate(stackName: "anything", tags: ["feature": written])
        #expect(tagged.verdict == .feature(EnvironmentName(name)))
    }

    @Test(arguments: ["main", "prod", "release/1.2", "feat-prod", "staging", "test", "refs/heads/master"])
    func `D1 a permanent name is refused by its word`(written: String) {
        let refused = mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.name(written, by: names) }
        #expect(refused?.summary.contains("is a permanent name") == true)
    }

    @Test(arguments: [
        "", "  ", "none", "pr-12-x", "///", "feat-\u{202E}x", "feat-a\nb", String(repeating: "x", count: 256),
    ])
    func `a name that names nothing is refused`(written: String) {
        #expect(mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.name(written, by: names) } != nil)
    }

    @Test func `a name longer than the schema keeps is refused`() throws {
        #expect(try RegisteredValue.name(String(repeating: "x", count: 123), by: names).text.count == 128)
        let longer = String(repeating: "x", count: 124)
        #expect(mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.name(longer, by: names) } != nil)
    }

    // MARK: Values

    @Test func `an owner is one person or team`() throws {
        #expect(try RegisteredValue.owner(" Anna <Anna@Example.com> ").text == "anna@example.com")
        #expect(try RegisteredValue.owner("Team Shop").text == "team shop")
        for wrong in ["", "n/a", "unknown", "a@x.io, b@x.io", "a\u{7}b", String(repeating: "a", count: 321)] {
            #expect(
                mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.owner(wrong) } != nil,
                "\(wrong)"
            )
        }
    }

    @Test func `a commit is a hash`() throws {
        #expect(try RegisteredValue.commit("ABCDEF0") == "abcdef0")
        #expect(try RegisteredValue.commit(String(repeating: "a", count: 64)).count == 64)
        for wrong in ["abcdef", "main", "abcdefg", String(repeating: "a", count: 65), "１２３４５６７"] {
            #expect(
                mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.commit(wrong) } != nil,
                "\(wrong)"
            )
        }
    }

    @Test func `a lifetime is more than nothing and at most ten years`() throws {
        #expect(try RegisteredValue.lifetime(RegistrationDraft.longest) == days(3_650))
        for wrong in [.zero, .seconds(-1), days(3_650) + .seconds(1)] as [Duration] {
            #expect(mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.lifetime(wrong) } != nil)
        }
    }

    @Test(arguments: [
        ("https://github.com/shop/api", "https://github.com/shop/api"),
        ("https://x-access-token:ghs_secret@github.com/shop/api.git", "https://github.com/shop/api.git"),
        ("https://gitlab-ci-token:secret@gitlab.example.com:8443/a/b.git", "https://gitlab.example.com:8443/a/b.git"),
        ("https://secret@host.example/a", "https://host.example/a"),
        ("https://us%40er:sec@ret@Host.example/a", "https://host.example/a"),
        ("https://host.example/a?private_token=secret#secret", "https://host.example/a"),
        ("HTTPS://host.example/a", "https://host.example/a"),
        ("http://10.0.0.7:3000/a/b", "http://10.0.0.7:3000/a/b"), ("http://[::1]:3000/a", "http://[::1]:3000/a"),
        ("git://user:secret@host/a", "git://host/a"),
        ("ssh://git@host.example:22/a/b", "ssh://git@host.example:22/a/b"),
        ("ssh://git:secret@host/a", "ssh://git@host/a"), ("git@github.com:shop/api.git", "git@github.com:shop/api.git"),
    ])
    func `P17 an address is kept without what opens it`(written: String, kept: String) throws {
        #expect(try RegisteredValue.repository(written) == kept)
    }

    @Test(arguments: [
        "shop/api", "file:///srv/git/secret", "ftp://secret@host/a", "https://", "https://host", "https://host/",
        "https://user:sec/ret@host/a", "https://user:12/secret@host/a", "https://ho st/a", "git@host:a@secret",
        "user:secret@host:path", "javascript:alert(1)", "https://host:99999/a", "https://host/a\"b",
        "ext::sh -c secret",
    ])
    func `P17 what cannot be taken apart is refused, and not repeated`(written: String) {
        let refused = mistake { () throws(RegistrationMistake) in _ = try RegisteredValue.repository(written) }
        #expect(refused != nil)
        #expect(refused.map { "\($0.summary) \($0.advice)".contains("secret") } != true)
    }

    // MARK: Pipelines

    @Test func `a push on GitHub gives branch, repository and commit`() {
        let variables = [
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_HEAD_REF": "", "GITHUB_REF_TYPE": "branch",
            "GITHUB_REF_NAME": "feature/x", "GITHUB_SHA": "abc", "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "shop/api", "GITHUB_ACTOR": "anna",
        ]
        let pipeline = PipelineVariables(variables)
        #expect(pipeline?.branch == "feature/x" && pipeline?.commit == "abc")
        #expect(pipeline?.repository == "https://github.com/shop/api")
        let tag = PipelineVariables(variables.merging(["GITHUB_REF_TYPE": "tag"]) { $1 })
        #expect(tag?.branch == nil && tag?.commit == "abc")
    }

    @Test(arguments: ["pull_request", "pull_request_target", "pull_request_review"])
    func `a pull request on GitHub gives its own branch, and no commit of a merge`(event: String) {
        let variables = [
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_HEAD_REF": "feature/x",
            "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "12/merge", "GITHUB_SHA": "abc",
        ]
        let pipeline = PipelineVariables(variables)
        #expect(pipeline?.branch == "feature/x" && pipeline?.commit == nil && pipeline?.repository == nil)
        #expect(PipelineVariables(variables.merging(["GITHUB_HEAD_REF": ""]) { $1 })?.branch == nil)
    }

    @Test func `P17 GitLab gives the project's address, never the one with the job's token`() {
        let variables = [
            "GITLAB_CI": "true", "CI_COMMIT_BRANCH": "feature/x", "CI_COMMIT_SHA": "abc",
            "CI_PROJECT_URL": "https://gitlab.example.com/a/b",
            "CI_REPOSITORY_URL": "https://gitlab-ci-token:secret@gitlab.example.com/a/b.git",
        ]
        let pushed = PipelineVariables(variables)
        #expect(pushed?.branch == "feature/x" && pushed?.commit == "abc")
        #expect(pushed?.repository == "https://gitlab.example.com/a/b")
        let request = PipelineVariables([
            "GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature/y", "CI_COMMIT_SHA": "merge",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "head",
        ])
        #expect(request?.branch == "feature/y" && request?.commit == "head")
        #expect(PipelineVariables(["CI": "true", "BRANCH_NAME": "x"]) == nil)
    }

    // MARK: Lifetimes

    @Test func `of a tag and a registration the later end counts, and both are said`() {
        let tag = TimeToLive.expires(daysFromNow(2), source: "TTL tag of a")
        let earlier = tag.orLater(daysFromNow(1), of: "registration of now")
        #expect(
            earlier
                == .expires(
                    daysFromNow(2),
                    source: "TTL tag of a (later than 2026-11-24 12:00 UTC of the registration of now)"
                )
        )
        let later = tag.orLater(daysFromNow(3), of: "registration of now")
        #expect(
            later
                == .expires(
                    daysFromNow(3),
                    source: "registration of now (later than 2026-11-25 12:00 UTC of the TTL tag of a)"
                )
        )
        let same = tag.orLater(daysFromNow(2), of: "registration of now")
        #expect(same == .expires(daysFromNow(2), source: "TTL tag of a and registration of now"))
        #expect(tag.orLater(nil, of: "") == tag)
        #expect(TimeToLive.absent.orLater(nil, of: "") == .absent)
        #expect(TimeToLive.absent.orLater(noon, of: "registration") == .expires(noon, source: "registration"))
    }

    @Test func `R4 a registration's end never outweighs a tag that says for ever or cannot be read`() {
        let ends: [TimeToLive] = [
            .never(source: "tag ttl of a"), .unreadable("?", source: "tag ttl of a"),
            .unknown(reason: "`1d` after an unknown creation", source: "tag ttl of a"),
        ]
        for end in ends {
            let registered = facts { $0.timeToLive = end.orLater(daysAgo(1), of: "registration of a week ago") }
            let judgement = judge(registered, policy(.ttlExpired), now: noon)
            #expect(judgement.verdict == .keep)
            #expect("\(judgement.trace)".contains("2026-11-22 12:00 UTC of the registration of a week ago"))
        }
    }

    @Test func `a registered end makes the clause true from its moment on`() {
        let registered = facts { $0.timeToLive = TimeToLive.absent.orLater(daysFromNow(1), of: "registration") }
        #expect(judge(registered, policy(.ttlExpired), now: noon).verdict == .keep)
        #expect(judge(registered, policy(.ttlExpired), now: noon).changesAt == daysFromNow(1))
        #expect(judge(registered, policy(.ttlExpired), now: daysFromNow(1)).verdict == .stale)
    }

    @Test func `as evidence it says who registered it, and not when`() {
        let registration = Registration(
            space: SpaceName("s"),
            name: EnvironmentName("feat-x"),
            owner: OwnerName("Anna"),
            by: "ci_shop",
            at: noon
        )
        #expect(registration.evidence.source == .registration && registration.evidence.confidence == .registered)
        #expect(registration.evidence.detail == "registered by ci_shop" && registration.evidence.owner.text == "anna")
    }
}
