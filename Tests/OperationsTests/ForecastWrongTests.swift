import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// Where a teardown went otherwise than its plan had said.
@Suite struct ForecastWrongTests {
    private static func noted(_ scenario: Scenario) async throws -> [String] {
        try await scenario.ledger.history(of: nil, limit: 1_000).filter { $0.event == forecastWrong }
            .map { String(decoding: $0.details, as: UTF8.self) }
    }

    @Test func `a failure is recorded once, with its reason`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .fails("a subnet is in use") }
            await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            _ = try await scenario.approved()
            _ = try await scenario.reap()
            _ = try await scenario.reap()
            let notes = try await Self.noted(scenario)
            #expect(notes.count == 1)
            #expect(notes[0].contains("a subnet is in use"))
        }
    }

    @Test func `one that took longer is recorded, waiting for the next run is not counted`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .goes(after: 200) }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let most = try #require(plan.forecast.environments.first?.duration.most)
            var patient = scenario
            patient.wiring.timings.observe = .seconds(7_200)
            #expect(try await patient.reap().plans.map(\.state) == [.done])
            #expect(try await Self.noted(scenario).count == (200 * 31 > most ? 1 : 0))

            await scenario.world.old("shop-feat-b")
            try await scenario.look()
            for plan in try await scenario.planDue().plans { try await scenario.approve(plan) }
            let before = try await Self.noted(scenario).count
            _ = try await scenario.brief.reap()
            scenario.clock.pass(.seconds(86_400))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await Self.noted(scenario).count == before)
        }
    }
}
