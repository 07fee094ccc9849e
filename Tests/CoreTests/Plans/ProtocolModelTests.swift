import Core
import Testing

/// The protocol as a model, searched whole.
@Suite struct ProtocolModelTests {
    private struct Outcome {
        var states = 0
        var violation: String?
        /// How it came to that, event by event.
        var way: [String] = []
        /// States from which nothing that happens by itself leads to an end.
        var stuck = 0
    }

    /// Every state that can be reached, and whether each can still come to an end.
    private static func search(_ start: ProtocolModel, _ fault: ProtocolModel.Fault?) -> Outcome {
        var outcome = Outcome()
        var numbers: [ProtocolModel: Int] = [start: 0]
        var models = [start]
        var origins: [(from: Int, event: String)] = [(-1, "")]
        // Backwards along what happens by itself.
        var sources: [[Int32]] = [[]]
        var next = 0
        while next < models.count {
            let model = models[next]
            if let violation = model.violation {
                outcome.violation = violation
                var at = next
                while at > 0 {
                    outcome.way.append(origins[at].event)
                    at = origins[at].from
                }
                outcome.way.reverse()
                break
            }
            for event in model.events(fault) {
                let number: Int
                if let known = numbers[event.next] {
                    number = known
                } else {
                    number = models.count
                    numbers[event.next] = number
                    models.append(event.next)
                    origins.append((next, event.name))
                    sources.append([])
                }
                if event.isFair { sources[number].append(Int32(next)) }
            }
            next += 1
        }
        outcome.states = models.count
        guard outcome.violation == nil else { return outcome }
        var ends = models.indices.filter { models[$0].isFinal }
        var isEnding = Array(repeating: false, count: models.count)
        for index in ends { isEnding[index] = true }
        while let index = ends.popLast() {
            for source in sources[index] where !isEnding[Int(source)] {
                isEnding[Int(source)] = true
                ends.append(Int(source))
            }
        }
        outcome.stuck = isEnding.count { !$0 }
        if let first = isEnding.firstIndex(of: false) {
            var at = first
            while at > 0 {
                outcome.way.append(origins[at].event)
                at = origins[at].from
            }
            outcome.way.reverse()
        }
        return outcome
    }

    /// One step, two that follow each other, two that do not.
    private static func starts(_ troubles: Int) -> [ProtocolModel] {
        [
            ProtocolModel(steps: 1, troubles: troubles), ProtocolModel(steps: 2, troubles: troubles),
            ProtocolModel(steps: 2, isOrdered: false, troubles: troubles),
        ]
    }

    @Test(arguments: [0, 1, 2])
    func `P2 P11 P12 whatever happens in whatever order, nothing is done that must not be, and all comes to an end`(
        which: Int
    ) {
        let outcome = Self.search(Self.starts(which == 2 ? 1 : 2)[which], nil)
        #expect(outcome.violation == nil, "\(outcome.way)")
        #expect(outcome.stuck == 0, "\(outcome.way)")
        #expect(outcome.states > 10_000)
    }

    @Test(arguments: ProtocolModel.Fault.allCases)
    func `a protocol that leaves one of its rules out is found out`(fault: ProtocolModel.Fault) {
        for start in Self.starts(1) + Self.starts(2) {
            let outcome = Self.search(start, fault)
            if outcome.violation != nil || outcome.stuck > 0 { return }
        }
        Issue.record("nobody notices \(fault)")
    }
}
