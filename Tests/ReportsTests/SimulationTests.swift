import Core
import Foundation
import Reports
import Testing

/// A rehearsed policy, as people and programs read it.
@Suite struct SimulationTests {
    private static let simulation: PolicySimulation = {
        func subject(_ name: String, idle: Double, owner: String?) -> PolicySimulation.Subject {
            let facts = EnvironmentFacts(
                key: Samples.key(name),
                accounts: [Samples.account],
                oldestCreated: .known(Samples.ago(20)),
                youngestCreated: .known(Samples.ago(20)),
                firstSeen: Samples.ago(20),
                newestFirstSeen: Samples.ago(20),
                signals: [Signal(.changed, .known(Samples.ago(idle)), source: "stack shop-\(name) updated")]
            )
            return .init(facts: facts, owner: owner, isFlagged: false, dueAt: nil)
        }
        let stricter = PolicySet(policies: [
            Policy(name: "stricter", scope: Scope(), staleWhen: .idle(for: .seconds(3 * 86_400), of: nil))
        ])
        let milder = PolicySet(policies: [
            Policy(name: "milder", scope: Scope(), staleWhen: .idle(for: .seconds(7 * 86_400), of: nil))
        ])
        let subjects = (1...7).map { subject("feat-\($0)", idle: 5, owner: $0 < 3 ? "ada@example.com" : nil) }
        return PolicySimulation(
            of: subjects + [subject("feat-quiet", idle: 9, owner: nil), subject("feat-busy", idle: 1, owner: nil)],
            from: milder,
            to: stricter,
            breaker: Breaker(),
            horizon: .seconds(30 * 86_400),
            now: Samples.now
        )
    }()

    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    @Test func `who is concerned, when, and what the brakes would do`() {
        let text = SimulationText.text(
            Self.simulation,
            of: "policy.yaml",
            against: 4,
            scan: Samples.scan(),
            reportOnly: [],
            on: canvas
        )
        expectGolden(text, "simulation.txt")
        #expect(text.contains("the breaker would hold it: 7 turn stale at once"))
        let report = SimulationText.text(
            Self.simulation,
            of: "policy.yaml",
            against: nil,
            scan: nil,
            reportOnly: [Samples.account],
            on: canvas
        )
        #expect(report.contains("report mode: nothing of it is planned") && report.contains("against no policy"))
    }

    @Test func `programs get every environment, and every kind of change`() throws {
        let json = try AnyJSON(
            JSONText.render(SimulationJSON(Self.simulation, of: "policy.yaml", against: 4, reportOnly: []))
        )
        #expect(json["changes"]?["newly stale"] == .number(7) && json["changes"]?["no longer stale"] == .number(0))
        #expect(json["environments"]?[8]?["name"] == .text("feat-quiet"))
        #expect(json["environments"]?[8]?["change"] == .text("as before"))
        #expect(json["accounts"]?[0]?["breaker_would_hold"] == .flag(true))
        #expect(json["revision"] == .number(4) && json["waiting_for"]?["share"] != nil)
    }
}
