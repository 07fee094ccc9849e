import Core
import Foundation
import Testing

/// Which call is about which stack, and which one counts.
@Suite struct TrailJoinTests {
    static let start = Date(timeIntervalSince1970: 1_760_000_000)
    static func id(_ name: String, _ number: Int = 1) -> ComponentID {
        ComponentID("arn:aws:cloudformation:eu-west-1:111122223333:stack/\(name)/\(number)")
    }

    static func event(
        _ number: Int,
        _ call: TrailCall = .createStack,
        at minutes: Double = 0,
        by user: String = "ada",
        of component: ComponentID? = nil,
        name: String? = nil,
        makes: Bool? = nil
    ) -> TrailEvent {
        TrailEvent(
            id: "event-\(number)",
            call: call,
            at: start.addingTimeInterval(minutes * 60),
            identity: TrailIdentity(kind: "IAMUser", userName: user),
            component: component,
            name: name,
            makes: makes ?? (call == .createStack)
        )
    }

    private func stack(_ name: String, made minutes: Double? = 0, trail: [TrailEvidence] = []) -> TrailedComponent {
        TrailedComponent(
            id: Self.id(name),
            name: name,
            created: minutes.map { Self.start.addingTimeInterval($0 * 60) },
            trail: trail
        )
    }

    @Test func `an event goes to the stack whose id it names, and to no other of that name`() {
        let events = [
            Self.event(1, of: Self.id("shop-feat-a")), Self.event(2, by: "ben", of: Self.id("shop-feat-a", 7)),
            Self.event(3, by: "cleo", of: Self.id("shop-feat-b"), name: "shop-feat-a"),
        ]
        let found = newEvidence(events, about: [stack("shop-feat-a")], machines: [])
        #expect(found.map(\.event) == ["event-1"] && found.map(\.part) == [.made])
    }

    @Test func `a name alone is enough only for a call after the stack was made`() {
        func found(_ minutes: Double, _ stacks: [TrailedComponent]) -> [String] {
            newEvidence(
                [Self.event(1, .executeChangeSet, at: minutes, name: "shop-feat-a")],
                about: stacks,
                machines: []
            ).map(\.event)
        }
        #expect(found(10, [stack("shop-feat-a")]) == ["event-1"])
        // The history has whole seconds.
        #expect(found(-1.0 / 60, [stack("shop-feat-a")]) == ["event-1"])
        #expect(found(-1, [stack("shop-feat-a")]) == [])
        #expect(found(10, [stack("shop-feat-a", made: nil)]) == [])
        let twice = TrailedComponent(id: Self.id("shop-feat-a", 2), name: "shop-feat-a", created: Self.start, trail: [])
        #expect(found(10, [stack("shop-feat-a"), twice]) == [])
    }

    @Test func `a person outweighs a pipeline, the earlier call the later one, and who made it who deployed it`() {
        let made = Self.event(1, at: 0, by: "ada", of: Self.id("a"))
        let deployed = Self.event(2, .executeChangeSet, at: 5, by: "ben", name: "a", makes: false)
        let later = Self.event(3, .executeChangeSet, at: 9, by: "cleo", name: "a", makes: false)
        let byPipeline = Self.event(4, .executeChangeSet, at: 1, by: "gitlab-7", name: "a", makes: false)
        let all = [made, deployed, later, byPipeline]
        let evidence = newEvidence(all, about: [stack("a")], machines: [])
        #expect(evidence.map(\.event) == ["event-2", "event-1"])
        #expect(evidence.owners(machines: []).map(\.owner.text) == ["ada"])
        // With whom the settings call a pipeline, who deployed it is left.
        #expect(evidence.owners(machines: ["ada"]).map(\.owner.text) == ["ben"])
        #expect(evidence.compactMap { $0.passedOver(machines: ["ada"]) }.count == 1)
    }

    @Test func `the same evidence stays, in whatever order and pieces it is read`() {
        var random = SystemRandomNumberGenerator()
        let events = (1...12).map { number in
            Self.event(
                number,
                number.isMultiple(of: 3) ? .createStack : .executeChangeSet,
                at: Double(number % 5),
                by: number.isMultiple(of: 2) ? "gitlab-\(number)" : "user-\(number)",
                of: Self.id(number % 4 < 2 ? "a" : "b"),
                makes: number.isMultiple(of: 3)
            )
        }
        func kept(_ pieces: [[TrailEvent]]) -> [TrailEvidence] {
            var trail: [TrailEvidence] = []
            for piece in pieces {
                let stacks = ["a", "b"].map { name in
                    stack(name, trail: trail.filter { $0.component == Self.id(name) })
                }
                let new = newEvidence(piece, about: stacks, machines: [])
                trail.removeAll { old in new.contains { $0.component == old.component && $0.part == old.part } }
                trail += new
            }
            return trail.sorted { ($0.component, $0.part.rawValue) < ($1.component, $1.part.rawValue) }
        }
        let whole = kept([events])
        #expect(whole.count == 4)
        for _ in 1...200 {
            let shuffled = events.shuffled(using: &random)
            let cut = Int.random(in: 0...shuffled.count, using: &random)
            let pieces = [Array(shuffled[..<cut]), Array(shuffled[cut...]), Array(shuffled.prefix(5))]
            #expect(kept(pieces) == whole)
        }
    }
}
