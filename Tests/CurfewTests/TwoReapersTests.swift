import Foundation
import Synchronization
import TestSupport
import Testing

/// Several reapers on one run.
@Suite struct TwoReapersTests {
    /// The deletions, counted from 0, at which the one that works is held up.
    private static let heldUp = [0, 10, 21]

    @Test func `P11 of two reapers one works on the whole fleet, the others say who, and nothing is asked for twice`()
        async throws
    {
        let recording = try await Recording.undisturbed()
        try await FullFleet.with { house in
            let crossing = try Crossing(house, shortLease: false)
            defer { crossing.stop() }
            let doors = Self.heldUp.map { _ in Door() }
            crossing.aws.decide { call, before in
                guard call.action == "DeleteStack" else { return .passes }
                let number = before.count { $0.action == "DeleteStack" }
                guard let index = Self.heldUp.firstIndex(of: number) else { return .passes }
                return .passesAfter { doors[index].pass() }
            }
            let handles = [Program.Handle(), Program.Handle()]
            async let first = crossing.house.curfew("reap", expecting: nil, handle: handles[0])
            async let second = crossing.house.curfew("reap", expecting: nil, handle: handles[1])
            var words: Set<String> = []
            for door in doors {
                try await door.awaitSomebody()
                let late = try await crossing.house.curfew("reap", expecting: nil)
                expectError(late, 75, saying: "another reaper is at work")
                words.formUnion(Self.processes(in: late))
                door.open()
            }
            let outcomes = try await [first, second]
            #expect(outcomes.map(\.status).sorted() == [0, 75], "\(outcomes)")
            let worker = outcomes.firstIndex { $0.status == 0 } ?? 0
            let other = outcomes[1 - worker]
            expectError(other, 75, saying: "another reaper is at work")
            // They name the process that works.
            let number = handles[worker].number.map(String.init) ?? "none"
            #expect(words.union(Self.processes(in: other)) == [number], "\(other)")

            try await expectHonest(crossing, recording, after: [])
            let changes = crossing.aws.calls.map(PointEvent.init).filter(\.isChange).map(\.text).sorted()
            let undisturbed = recording.points.map(\.event).filter { $0.isChange && !$0.isCommit }.map(\.text).sorted()
            #expect(changes == undisturbed)
        }
    }

    /// The numbers of the processes that it names.
    private static func processes(in outcome: Program.Outcome) -> [String] {
        outcome.messages.matches(of: /process ([0-9]+) on/).map { String($0.output.1) }
    }
}
