import Core
import Settings
import Testing

@Suite struct ReapEntryTests {
    @Test func `a run is paced as the file says, and carefully where it says nothing`() throws {
        let said = try settings(
            oneAccount + "reap: { parallel: 5, waves: false, stop_after_failures: 10%, alarms: [errors, latency] }\n"
        )
        #expect(
            said.reap == Pacing(parallel: 5, waves: false, stopAfterFailures: 10, alarms: ["errors", "latency"])
        )
        #expect(try settings(oneAccount).reap == Pacing(parallel: 3, waves: true, stopAfterFailures: 25, alarms: []))
    }

    @Test func `how much may turn stale at once is a percentage`() throws {
        #expect(try settings(oneAccount).breaker == Breaker(percent: 25))
        #expect(try settings(oneAccount + "breaker: 40%\n").breaker == Breaker(percent: 40))
        #expect(problems(inSettings: oneAccount + "breaker: 0.4\n").first?.contains("from 0% to 100%") == true)
    }

    @Test func `what is wrong is said where it stands`() {
        let text = oneAccount + "reap: { parallel: 0, waves: maybe, stop_after_failures: 25, alarm: [x] }\n"
        #expect(
            problems(inSettings: text) == [
                """
                curfew.yaml:2:19: `reap.parallel` is `0`, expected a whole number from 1 to 50
                  for example `3`
                """,
                """
                curfew.yaml:2:29: `reap.waves` is `maybe`, expected one of true, false
                  for example `true`
                """,
                """
                curfew.yaml:2:57: `reap.stop_after_failures` is `25`, expected a whole percentage from 0% to 100%
                  for example `25%`
                """,
                """
                curfew.yaml:2:61: unknown key `alarm` in `reap`
                  did you mean `alarms`? known: parallel, waves, stop_after_failures, alarms
                """,
            ]
        )
    }
}
