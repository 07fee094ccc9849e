import Core
import Testing

@Suite struct StepReadinessTests {
    /// A chain in these states, and what may start, goes without, or never can.
    @Test(
        arguments: [
            ([], [1], [], []),
            ([.intended], [], [], []),
            ([.requested], [], [], []),
            ([.done], [2], [], []),
            ([.failed], [], [], [2, 3, 4, 5, 6]),
            ([.skipped], [], [], [2, 3, 4, 5, 6]),
            ([.done, .requested], [], [], []),
            ([.done, .gone], [], [3, 4, 5], []),
            ([.done, .gone, .unneeded, .unneeded, .unneeded], [6], [], []),
            ([.done, .failed], [], [], [3, 4, 5, 6]),
            ([.done, .obstructed], [3, 4], [], []),
            ([.done, .obstructed, .done], [4], [], []),
            ([.done, .obstructed, .done, .intended], [], [], []),
            ([.done, .obstructed, .done, .failed], [], [], [5, 6]),
            ([.done, .obstructed, .unneeded, .done], [5], [], []),
            ([.done, .obstructed, .done, .done, .requested], [], [], []),
            ([.done, .obstructed, .done, .done, .gone], [6], [], []),
            ([.done, .obstructed, .done, .done, .failed], [], [], [6]),
            ([.done, .obstructed, .done, .done, .gone, .done], [], [], []),
        ] as [([StepState], [Int], [Int], [Int])]
    )
    func `a stack's steps follow each other, and the conditional ones only an obstruction`(
        states: [StepState],
        ready: [Int],
        unneeded: [Int],
        undone: [Int]
    ) {
        let readiness = StepReadiness(Steps.chain(states))
        #expect(readiness.ready == ready)
        #expect(readiness.unneeded == unneeded)
        #expect(readiness.undone == undone)
    }

    @Test func `who waits for a stack that was obstructed waits until its second deletion ended`() {
        func exporter(_ again: StepState) -> StepReadiness {
            StepReadiness([
                Steps.record(1, "importer", state: .obstructed),
                Steps.record(2, "importer", .deleteAgain(retaining: ["x"]), after: [1], state: again),
                // Also one that says it waits for the first deletion only.
                Steps.record(3, "exporter", after: [1]),
                Steps.record(4, "exporter", after: [2]),
            ])
        }
        #expect(exporter(.requested).ready.isEmpty)
        #expect(exporter(.requested).waiting == [3, 4])
        #expect(exporter(.gone).ready == [3, 4])
        #expect(exporter(.failed).undone == [3, 4])
        #expect(exporter(.failed).ready.isEmpty)
    }

    @Test func `nothing is emptied for a stack whose own deletion is not in the plan`() {
        let readiness = StepReadiness([Steps.record(1, "a", .emptyBucket("b"))])
        #expect(readiness.ready.isEmpty && readiness.undone == [1])
    }

    @Test func `a step that waits for itself, a later one or none that there is never starts`() {
        for after in [[1], [2], [9]] {
            let readiness = StepReadiness([Steps.record(1, "a", after: after), Steps.record(2, "b")])
            #expect(readiness.undone == [1] && readiness.ready == [2])
        }
    }

    @Test func `a failure leaves its dependants undone, and nothing else of its environment`() {
        let readiness = StepReadiness([
            Steps.record(1, "a", state: .failed), Steps.record(2, "b", after: [1]), Steps.record(3, "c", after: [2]),
            Steps.record(4, "d"),
        ])
        #expect(readiness.undone == [2, 3])
        #expect(readiness.ready == [4])
    }

    /// Carries out generated plans with outcomes drawn at random.
    @Test(arguments: 0..<200)
    func `every plan comes to an end, nothing starts before what it follows, and only dependants stay undone`(
        seed: Int
    ) {
        var random = SeededNumbers(state: UInt64(seed))
        var records = Steps.generated(Int.random(in: 1...12, using: &random), using: &random)
        var rounds = 0
        while rounds < 1_000 {
            rounds += 1
            let readiness = StepReadiness(records)
            for number in readiness.unneeded { records[number - 1].state = .unneeded }
            let underWay = records.filter(\.isUnderWay).map(\.step.number)
            guard let next = (readiness.ready + underWay).randomElement(using: &random) else {
                guard readiness.unneeded.isEmpty else { continue }
                break
            }
            if records[next - 1].state == .pending {
                expectMayStart(records[next - 1], records)
                records[next - 1].state = .requested
            } else {
                records[next - 1].state = outcome(records[next - 1], records, &random)
            }
        }
        #expect(rounds < 1_000)
        let readiness = StepReadiness(records)
        #expect(readiness.waiting.isEmpty)
        for record in records where !record.state.isFinal {
            #expect(record.state == .pending && readiness.undone.contains(record.step.number))
            // Something it waits for, or its own stack's first deletion, did not end well.
            let first = records.first { $0.step.component == record.step.component && $0.step.action == .deleteStack }
            let leaders =
                record.step.after.map { records[$0 - 1] }
                + (record.step.action.isConditional ? [first].compactMap(\.self) : [])
            #expect(
                leaders.contains { $0.state == .failed || readiness.undone.contains($0.step.number) },
                "step \(record.step.number) stayed undone for no reason"
            )
        }
        if !records.contains(where: { $0.state == .failed }) {
            #expect(records.allSatisfy { $0.state.endedWell })
        }
    }

    private func expectMayStart(_ record: StepRecord, _ records: [StepRecord]) {
        let isGone = { (id: ComponentID) in
            records.contains { $0.step.component == id && $0.step.action.deletesComponent && $0.state == .gone }
        }
        for number in record.step.after {
            let leader = records[number - 1]
            #expect(leader.state.endedWell)
            if leader.step.action.deletesComponent, leader.step.component != record.step.component {
                #expect(isGone(leader.step.component))
            }
        }
        if record.step.action.isConditional {
            #expect(!isGone(record.step.component))
            #expect(records.contains { $0.step.component == record.step.component && $0.state == .obstructed })
        }
        if record.step.action.kind == .deleteLogGroup { #expect(isGone(record.step.component)) }
    }

    private func outcome(
        _ record: StepRecord,
        _ records: [StepRecord],
        _ random: inout SeededNumbers
    ) -> StepState {
        if Int.random(in: 0...9, using: &random) == 0 { return .failed }
        guard record.step.action.deletesComponent else { return .done }
        let canBeObstructed =
            record.step.action == .deleteStack
            && records.contains { $0.step.component == record.step.component && $0.step.action.kind == .deleteAgain }
        return canBeObstructed && Bool.random(using: &random) ? .obstructed : .gone
    }
}

@Suite struct TeardownProgressTests {
    @Test func `an environment is over when nothing more can come of it`() {
        let other = EnvironmentKey(space: SpaceName("all"), name: EnvironmentName("feat-b"), incarnation: 1)
        func progress(_ first: StepState, _ second: StepState = .pending) -> [TeardownProgress] {
            let steps = [
                Steps.record(1, "a", state: first), Steps.record(2, "b", after: [1], state: second, in: other),
            ]
            return [Steps.environment, other].map { TeardownProgress(of: $0, in: steps) }
        }
        #expect(progress(.pending) == [.untouched, .untouched])
        #expect(progress(.intended) == [.underWay, .untouched])
        #expect(progress(.gone) == [.over(.done), .untouched])
        #expect(progress(.gone, .requested) == [.over(.done), .underWay])
        #expect(progress(.gone, .gone) == [.over(.done), .over(.done)])
        // What can never start any more is over as well.
        #expect(progress(.failed) == [.over(.failed), .over(.halted)])
        #expect(progress(.skipped) == [.over(.halted), .over(.halted)])
    }
}
