import Core
import Settings
import Testing

@Suite struct TeardownEntryTests {
    @Test func `what may be emptied is named by patterns, and log groups go where that is said`() throws {
        let settings = try settings(
            oneAccount + "teardown: { empty: [\"*-serverlessdeploymentbucket-*\"], log_groups: delete }\n"
        )
        #expect(
            settings.teardown
                == TeardownRules(empty: [NameGlob("*-serverlessdeploymentbucket-*")], deletesLogGroups: true)
        )
    }

    @Test func `nothing said is nothing allowed`() throws {
        #expect(try settings(oneAccount).teardown == TeardownRules(empty: [], deletesLogGroups: false))
        #expect(try settings(oneAccount + "teardown: { log_groups: keep }\n").teardown == TeardownRules())
    }

    @Test func `what is wrong is said where it stands`() {
        #expect(
            problems(inSettings: oneAccount + "teardown: { empty: {}, log_groups: drop, emtpy: [a] }\n") == [
                """
                curfew.yaml:2:20: `teardown.empty` is a mapping, expected a list of names of buckets and repositories with `*`
                  for example `[\"*-serverlessdeploymentbucket-*\"]`
                """,
                """
                curfew.yaml:2:36: `teardown.log_groups` is `drop`, expected one of keep, delete
                  for example `keep`
                """,
                """
                curfew.yaml:2:42: unknown key `emtpy` in `teardown`
                  did you mean `empty`? known: empty, log_groups
                """,
            ]
        )
    }
}
