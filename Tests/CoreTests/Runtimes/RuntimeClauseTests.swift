import Core
import Foundation
import Testing

/// `runtime: deprecated` in every truth value.
@Suite struct RuntimeClauseTests {
    private let clause = Condition.runtimeDeprecated
    private let old = RuntimeFacts.Use(runtime: "nodejs16.x", functions: 2, deprecated: .known(day("2024-06-12")))
    private let today = RuntimeFacts.Use(runtime: "today", functions: 1, deprecated: .known(day("2026-11-23")))
    private let tomorrow = RuntimeFacts.Use(runtime: "python3.13", functions: 1, deprecated: .known(day("2026-11-24")))
    private let odd = RuntimeFacts.Use(runtime: "cobol1.x", functions: 1, deprecated: .unknown(reason: "unknown to it"))

    private func trace(_ uses: [RuntimeFacts.Use], images: Int = 0, unread: String? = nil) -> Trace {
        clause.trace(
            on: facts { $0.runtimes = RuntimeFacts(uses: uses, images: images, unreadBecause: unread) },
            now: noon
        )
    }

    @Test func `D3 one deprecated function is enough, and only what is known is false`() {
        #expect(trace([old]).truth == .yes)
        #expect(trace([today]).truth == .yes)
        #expect(trace([tomorrow]).truth == .no)
        #expect(trace([old, odd], unread: "denied").truth == .yes)
        #expect(trace([tomorrow, odd]).truth == .unknown)
        #expect(trace([tomorrow], unread: "denied").truth == .unknown)
        #expect(trace([], unread: "denied").truth == .unknown)
        #expect(trace([], images: 3).truth == .notApplicable)
        #expect(trace([]).truth == .notApplicable)
    }

    @Test func `the trace says what it saw, when that changes, and what would change it`() {
        let all = trace([old, tomorrow, odd], images: 1, unread: "sandbox: denied")
        #expect(
            all.saw == "nodejs16.x (2 functions) deprecated since 2024-06-12; python3.13 (1 function) deprecated from "
                + "2026-11-24; cobol1.x (1 function) unknown: unknown to it; functions not read: sandbox: denied; "
                + "1 from images, which have no runtime"
        )
        #expect(all.since == day("2024-06-12").startUTC && all.changesAt == nil)
        #expect(trace([tomorrow]).changesAt == day("2026-11-24").startUTC)
        #expect(trace([odd]).change == "a table that knows the runtime (`runtimes:` in the settings file)")
        #expect(trace([], unread: "denied").change == "a reading of its functions")
        #expect(trace([]).saw == "no Lambda function in its stacks")
        #expect(clause.description == "runtime: deprecated")
    }

    @Test func `D3 an unknown runtime is never stale, under not either`() {
        let blind = facts { $0.runtimes = RuntimeFacts(uses: [odd]) }
        for condition in [clause, .not(clause), .all([clause, .age(days(1))])] {
            #expect(judge(blind, policy(condition), now: noon).verdict == .undecided, "\(condition)")
        }
        let images = facts { $0.runtimes = RuntimeFacts(images: 2) }
        #expect(judge(images, policy(.not(clause)), now: noon).verdict == .keep)
    }

    @Test func `a verdict that turns with a date says when, and turns then`() throws {
        let facts = facts { $0.runtimes = RuntimeFacts(uses: [tomorrow]) }
        let judgement = judge(facts, policy(clause), now: noon)
        let at = try #require(judgement.changesAt)
        #expect(judgement.verdict == .keep && judgement.changesTo == .stale && at == day("2026-11-24").startUTC)
        #expect(judge(facts, policy(clause), now: at.addingTimeInterval(-1)).verdict == .keep)
        #expect(judge(facts, policy(clause), now: at).verdict == .stale)
    }
}
