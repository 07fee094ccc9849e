import Core
import Foundation
import Testing

@Suite struct PlanStateTests {
    @Test func `only open plans can move, and only to where the words say`() {
        for state in PlanState.allCases { #expect(state.next.isEmpty == !state.isOpen) }
        #expect(PlanState.allCases.filter { $0.next.contains(.running) } == [.approved])
        #expect(PlanState.running.next == [.done, .failed, .halted])
        #expect(!PlanState.draft.next.contains(.approved))
        for state in StepState.allCases { #expect(state.next.isEmpty == state.isFinal) }
        #expect(StepState.allCases.filter { $0.next.contains(.requested) } == [.intended])
    }

    @Test func `people write plans as P12 and runs as R3`() {
        #expect(PlanID(text: "P12") == PlanID(12))
        #expect(PlanID(text: "12")?.description == "P12")
        #expect(PlanID(text: "R3") == nil)
        #expect(PlanID(text: "P0") == nil)
        #expect(PlanID(text: "P-1") == nil)
        #expect(RunID(text: "r3") == RunID(3))
        #expect(RunID(text: "3") == nil)
    }
}
