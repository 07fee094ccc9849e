import Core
import Foundation
import Testing

/// Every state with every event.
@Suite struct FindingsStateTests {
    static let events: [(name: String, event: FindingEvent)] = [
        ("flagged", .flagged), ("sighted", .sighted(Sighting(scan: ScanID(9), at: daysAgo(0)))),
        ("warned", .warningDelivered(at: daysAgo(0))), ("due", .becameDue), ("planned", .planned),
        ("plan expired", .planEnded(.expired)), ("plan withdrawn", .planEnded(.withdrawn)),
        ("plan superseded", .planEnded(.superseded)), ("rejected", .planRejected(holdUntil: daysFromNow(7))),
        ("hold ended", .holdEnded), ("reap started", .reapStarted), ("reap failed", .reapEnded(.failed)),
        ("reap halted", .reapEnded(.halted)), ("reap superseded", .reapEnded(.superseded)), ("reaped", .reaped),
        ("cleared", .cleared(because: "keep")), ("restarted", .graceRestarted(because: .stricterPolicy)),
    ]

    /// All that is possible; everything else is refused.
    static let moves: [FindingState: [String: FindingState]] = [
        .flagged: ["sighted": .flagged, "warned": .warned, "due": .due, "cleared": .cleared, "restarted": .flagged],
        .warned: ["sighted": .warned, "warned": .warned, "due": .due, "cleared": .cleared, "restarted": .flagged],
        .due: ["planned": .planned, "cleared": .cleared, "restarted": .flagged],
        .planned: [
            "planned": .planned, "plan expired": .due, "plan withdrawn": .due, "plan superseded": .due,
            "rejected": .held, "reap started": .reaping, "cleared": .cleared, "restarted": .flagged,
        ],
        .reaping: ["reap failed": .due, "reap halted": .due, "reap superseded": .due, "reaped": .reaped],
        .reaped: [:],
        .held: ["hold ended": .due, "cleared": .cleared, "restarted": .flagged],
        .cleared: ["flagged": .flagged],
    ]

    static func finding(in state: FindingState) throws -> Finding {
        let paths: [FindingState: [FindingEvent]] = [
            .flagged: [], .warned: [.warningDelivered(at: daysAgo(1))], .due: [.becameDue],
            .planned: [.becameDue, .planned], .reaping: [.becameDue, .planned, .reapStarted],
            .reaped: [.becameDue, .planned, .reapStarted, .reaped],
            .held: [.becameDue, .planned, .planRejected(holdUntil: daysFromNow(7))],
            .cleared: [.cleared(because: "keep")],
        ]
        var finding = Finding(
            flagging: key("feat-x"),
            policy: "features",
            verdictClass: .stale,
            reason: "idle: 7d",
            now: daysAgo(2)
        )
        for event in try #require(paths[state]) { _ = try finding.apply(event, now: daysAgo(1)) }
        #expect(finding.state == state)
        return finding
    }

    @Test(arguments: FindingState.allCases)
    func `every event moves a state as the table says, or is refused and changes nothing`(state: FindingState) throws {
        let table = try #require(Self.moves[state])
        for (name, event) in Self.events {
            var finding = try Self.finding(in: state)
            let before = finding
            if let expected = table[name] {
                _ = try finding.apply(event, now: noon)
                #expect(finding.state == expected, "\(state) on \(name)")
                #expect(state.next.contains(expected), "\(state) on \(name)")
            } else {
                let error = #expect(throws: IllegalFindingMove.self, "\(state) on \(name)") {
                    _ = try finding.apply(event, now: noon)
                }
                #expect(error?.state == state)
                #expect(finding == before)
            }
        }
    }

    @Test(arguments: FindingState.allCases)
    func `the states that follow are exactly those that some event leads to`(state: FindingState) throws {
        #expect(state.next == Set(try #require(Self.moves[state]).values))
    }

    @Test func `clearing and restarting say what becomes of an open plan, other moves leave it alone`() throws {
        for state in FindingState.allCases {
            for (name, event) in Self.events where Self.moves[state]?[name] != nil {
                var finding = try Self.finding(in: state)
                let effects = try finding.apply(event, now: noon)
                let mayHavePlan = [.due, .planned, .held].contains(state)
                switch name {
                case "cleared" where mayHavePlan: #expect(effects == [.withdrawOpenPlan])
                case "restarted" where mayHavePlan: #expect(effects == [.supersedeOpenPlan])
                default: #expect(effects.isEmpty, "\(state) on \(name)")
                }
            }
        }
    }

    @Test func `D5 clearing and restarting begin everything anew`() throws {
        for event in [FindingEvent.cleared(because: "keep"), .graceRestarted(because: .namingRuleChanged)] {
            var finding = try Self.finding(in: .warned)
            _ = try finding.apply(.sighted(Sighting(scan: ScanID(1), at: daysAgo(1))), now: noon)
            _ = try finding.apply(event, now: noon)
            #expect(finding.sightings.isEmpty)
            #expect(finding.newestWarning == nil)
            #expect(finding.dueSince == nil)
            #expect(finding.countsAfter == noon)
        }
    }

    @Test func `an illegal move names the finding, its state and what to do, in two lines`() throws {
        var finding = try Self.finding(in: .reaped)
        let error = #expect(throws: IllegalFindingMove.self) { _ = try finding.apply(.planned, now: noon) }
        #expect(
            error?.description == """
                the finding on 111111111111/feat-x#1 is `reaped`: planned is not possible
                  somebody else may have moved it; read it again and repeat
                """
        )
    }

    @Test(arguments: FindingState.allCases)
    func `a finding survives being kept as JSON`(state: FindingState) throws {
        let finding = try Self.finding(in: state)
        #expect(try JSONDecoder().decode(Finding.self, from: JSONEncoder().encode(finding)) == finding)
    }
}
