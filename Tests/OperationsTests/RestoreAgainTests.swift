import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// Restores of what was taken down more than once, half, or is taken care of by somebody else.
@Suite struct RestoreAgainTests {
    private static let newer = #"{"Resources":{"Newer":{"Type":"AWS::SNS::Topic"}}}"#

    /// One stack gone, the other half deleted.
    private static func half(_ scenario: Scenario) async throws -> ComponentID {
        await scenario.world.old("aa-feat-a")
        let stuck = await scenario.world.old("bb-feat-a") { $0.onDelete = .fails("a subnet is in use") }
        try await scenario.ready()
        _ = try await scenario.approved()
        #expect(try await scenario.reap().plans.map(\.state) == [.failed])
        return stuck
    }

    @Test func `what is half deleted is in the way, and nothing is called complete`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.half(scenario)
            let draft = try await scenario.restore("feat-a")
            #expect(draft.isBlocked && !draft.isComplete)
            let stuck = try #require(draft.stacks.first { $0.name == "bb-feat-a" })
            #expect(stuck.blockers.first?.contains("half deleted (DELETE_FAILED)") == true)
            #expect(await scenario.world.makings.isEmpty)
        }
    }

    @Test func `of two stacks of one name the one that went last is made again`() async throws {
        try await Scenario.run { scenario in
            let stuck = try await Self.half(scenario)
            await scenario.world.change(stuck) { $0.onDelete = .goes(after: 1) }
            await scenario.world.old("aa-feat-a") { $0.template = Self.newer }
            try await scenario.look()
            try await scenario.approve(try #require(try await scenario.planDue().plans.first))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            let draft = try await scenario.restore("feat-a")
            #expect(draft.isComplete && draft.stacks.map(\.name).sorted() == ["aa-feat-a", "bb-feat-a"])
            #expect(draft.cautions.contains { $0.contains("took down a newer one") })
            #expect(await scenario.world.standing("aa-feat-a")?.template == Self.newer)
        }
    }

    @Test func `a stack that is left out is neither made nor in the way`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("aa-feat-a")
            await scenario.world.old("bb-feat-a")
            try await scenario.ready()
            _ = try await scenario.approved()
            try await scenario.reap()
            await scenario.world.old("aa-feat-a")
            let taken = try await scenario.restoring.look("feat-a", giving: [])
            #expect(taken.stacks.compactMap(\.blockers.first).first?.contains("--leave aa-feat-a") == true)
            let draft = try await scenario.restore("feat-a", leaving: ["aa-feat-a"])
            #expect(draft.isComplete && draft.stacks.map(\.name) == ["bb-feat-a"])
            #expect(await scenario.world.makings.map(\.name) == ["bb-feat-a"])
            let unknown = await problem { _ = try await scenario.restore("feat-a", leaving: ["cc-feat-a"]) }
            #expect(unknown?.kind == .usage)
        }
    }

    @Test func `a stack of ours that was deployed since it was made is made`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("aa-feat-a")
            try await scenario.ready()
            _ = try await scenario.approved()
            try await scenario.reap()
            await scenario.world.arrange { $0.onMake["aa-feat-a"] = .works(after: 100) }
            #expect(try await scenario.restore("feat-a", patience: .seconds(60)).stacks.map(\.state) == [.making])
            let id = try #require(await scenario.world.standing("aa-feat-a")?.component.id)
            await scenario.world.arrange { $0.growing[id] = nil }
            await scenario.world.setStatus(id, "UPDATE_COMPLETE")
            #expect(try await scenario.restore("feat-a").isComplete)
            #expect(await scenario.world.makings.count == 1)
        }
    }
}
