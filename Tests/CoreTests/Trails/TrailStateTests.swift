import Core
import Foundation
import Testing

/// What of the history is asked for, and when nothing is.
@Suite struct TrailStateTests {
    private let now = Date(timeIntervalSince1970: 1_760_000_000)
    private let target = Target(account: AccountID("111122223333"), region: Region("eu-west-1"))

    private func ago(_ minutes: Double) -> Date { now.addingTimeInterval(-minutes * 60) }
    private let day = 1_440.0

    private func candidate(
        active minutes: Double,
        tags: [String: String] = [:],
        by user: String? = nil,
        environment: String = "feat-a",
        listed: Double? = 0
    ) -> TrailCandidate {
        let id = ComponentID("arn:aws:cloudformation:eu-west-1:111122223333:stack/\(environment)/1")
        let trail = user.map { user in
            [
                TrailEvidence(
                    component: id,
                    part: .made,
                    event: "e",
                    call: .createStack,
                    at: now,
                    identity: TrailIdentity(kind: "IAMUser", userName: user)
                )
            ]
        }
        return TrailCandidate(
            component: id,
            target: target,
            environment: EnvironmentKey(space: SpaceName("s"), name: EnvironmentName(environment), incarnation: 1),
            activity: ago(minutes),
            tags: tags,
            trail: trail ?? [],
            listedAt: listed.map(ago)
        )
    }

    private func isAsked(
        _ candidates: TrailCandidate...,
        state: TrailState? = nil,
        full: Bool = false,
        rules: OwnerRules = OwnerRules()
    ) -> Bool {
        let states = state.map { state in Dictionary(uniqueKeysWithValues: TrailCall.allCases.map { ($0, state) }) }
        let wanted = trailTargets(
            candidates,
            states: states.map { [target: $0] } ?? [:],
            rules: rules,
            full: full,
            now: now
        )
        return wanted.map(\.target) == [target]
    }

    @Test func `N4 a region costs calls only where something new may tell an owner that nothing else tells`() {
        #expect(!isAsked())
        #expect(isAsked(candidate(active: day)))
        #expect(!isAsked(candidate(active: day, tags: ["owner": "ada"])))
        // Another stack of the same environment says whose it is.
        #expect(!isAsked(candidate(active: day), candidate(active: day, tags: ["Owner": "ada"])))
        #expect(isAsked(candidate(active: day), candidate(active: day, tags: ["owner": "x"], environment: "feat-b")))
        #expect(!isAsked(candidate(active: 90 * day + 1)))
        #expect(!isAsked(candidate(active: day, by: "ada")))
        #expect(isAsked(candidate(active: day, by: "gitlab-1")))
        #expect(isAsked(candidate(active: day, by: "ada"), rules: OwnerRules(machines: ["ada"])))
        // Nothing is asked of a target whose newest reading is not complete: its credentials may be another account's.
        #expect(!isAsked(candidate(active: day, listed: nil)))
        #expect(!isAsked(candidate(active: day, listed: nil), full: true))
    }

    @Test func `N4 what was read once is not read again`() {
        let read = TrailState(until: ago(60), triedAt: ago(60))
        #expect(!isAsked(candidate(active: 91), state: read))
        // Calls show up to a quarter of an hour later: what was made just before the reading is asked for once more.
        #expect(isAsked(candidate(active: 89), state: read))
        #expect(isAsked(candidate(active: 10), state: read))
        let just = TrailState(until: ago(14), triedAt: ago(14))
        #expect(!isAsked(candidate(active: 10), state: just))
        #expect(isAsked(candidate(active: 10), state: just, full: true))
        #expect(isAsked(candidate(active: 10), state: TrailState(triedAt: ago(16))))
        // A reading that was cut off goes on, for what is old enough to be in what is left.
        let cut = TrailState(until: ago(60), gapFrom: ago(50 * day), gapUntil: ago(20 * day), triedAt: ago(60))
        #expect(isAsked(candidate(active: 40 * day), state: cut))
        #expect(!isAsked(candidate(active: 60 * day), state: cut))
        let lost = TrailState(until: ago(60), gapFrom: ago(120 * day), gapUntil: ago(91 * day), triedAt: ago(60))
        #expect(!isAsked(candidate(active: 40 * day), state: lost))
    }

    @Test func `each reading begins where the one before ended, and goes back ninety days at most`() {
        func spans(_ state: TrailState?) -> [[Double]] {
            TrailState.spans(state, now: now).map { span in
                [span.from, span.until].map { now.timeIntervalSince($0) / 60 }
            }
        }
        #expect(spans(nil) == [[90 * day, 0]])
        #expect(spans(TrailState(until: ago(day), triedAt: now)) == [[day + 30, 0]])
        #expect(spans(TrailState(until: ago(300 * day), triedAt: now)) == [[90 * day, 0]])
        let gap = TrailState(until: ago(60), gapFrom: ago(100 * day), gapUntil: ago(80 * day), triedAt: now)
        #expect(spans(gap) == [[90, 0], [90 * day, 80 * day]])
        let forgotten = TrailState(until: ago(60), gapFrom: ago(100 * day), gapUntil: ago(91 * day), triedAt: now)
        #expect(spans(forgotten) == [[90, 0]])
    }

    @Test func `nothing counts as read that was not`() {
        let span = (from: ago(90 * day), until: now)
        var state = TrailState(triedAt: now)
        state.note(.nothing, of: span, isNew: true, listedAt: ago(5))
        #expect(state == TrailState(triedAt: now))
        state.note(.backTo(ago(10 * day)), of: span, isNew: true, listedAt: ago(5))
        // What was called after the stacks were listed is about stacks that nobody knows yet.
        #expect(state == TrailState(until: ago(5), gapFrom: span.from, gapUntil: ago(10 * day), triedAt: now))
        // Through the gap, and not to its end.
        state.note(.backTo(ago(50 * day)), of: (span.from, ago(10 * day)), isNew: false, listedAt: ago(5))
        #expect(state.gapFrom == span.from && state.gapUntil == ago(50 * day) && state.until == ago(5))
        // New calls cut off while there is a gap: it grows, and is read again.
        var wide = state
        wide.note(.backTo(ago(1)), of: (ago(35), now), isNew: true, listedAt: now)
        #expect(wide.gapFrom == span.from && wide.gapUntil == ago(1) && wide.until == now)
        state.note(.all, of: (span.from, ago(50 * day)), isNew: false, listedAt: ago(5))
        #expect(state == TrailState(until: ago(5), triedAt: now))
        // The end never goes back.
        state.note(.all, of: (ago(35), ago(3)), isNew: true, listedAt: ago(20))
        #expect(state.until == ago(5))
    }
}
