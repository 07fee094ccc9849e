import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// The reaper is killed as nothing can be prepared for, at chosen calls to AWS; the next one has to bring it to the same
/// end as one that was never killed (P12), without asking for anything twice under another name, and with nothing done
/// that was not written down before (P13).
@Suite struct KillTests {
    /// When the process is killed.
    ///
    /// The proxy sees the call, and the process never does anything again.
    enum Moment: String, CaseIterable, Sendable {
        case beforeTheFirstTombstone = "before the first tombstone could be taken"
        case beforeTheLastTombstone = "before the last tombstone could be taken"
        case intentWithoutCall = "the intent is committed, the call never arrives"
        case callWithoutAnswer = "the call is taken, its answer never arrives"
        case laterCallWithoutAnswer = "the last call is taken, its answer never arrives"
        case firstReading = "at the first reading of what became of it"
        case firstReadingUnanswered = "the first reading is made, its answer never arrives"
        case secondReading = "at the second reading, which would confirm it gone"
        case betweenEnvironments = "between two environments"

        /// Whether it is this call, given those before it.
        func isNow(_ call: Proxy.Call, before: [Proxy.Call]) -> Bool {
            let deletions = before.filter { $0.action == "DeleteStack" }
            let isTombstone = call.action == "GetStackPolicy"
            let readings = before.filter { $0.action == "DescribeStacks" && $0.stack == deletions.first?.stack }
                .filter { reading in deletions.first.map { $0.number < reading.number } ?? false }
            let isReading = call.action == "DescribeStacks" && call.stack != nil && call.stack == deletions.first?.stack
            switch self {
            case .beforeTheFirstTombstone: return isTombstone && deletions.isEmpty
            case .beforeTheLastTombstone: return isTombstone && deletions.count == 2
            case .intentWithoutCall, .callWithoutAnswer: return call.action == "DeleteStack"
            case .laterCallWithoutAnswer: return call.action == "DeleteStack" && deletions.count == 2
            case .firstReading, .firstReadingUnanswered: return isReading && readings.isEmpty
            case .secondReading: return isReading && readings.count == 1
            case .betweenEnvironments:
                return call.action == "DescribeStacks" && call.stack == nil && deletions.count == 1
            }
        }

        func fate(_ kill: @escaping @Sendable () -> Void) -> Proxy.Fate {
            switch self {
            case .callWithoutAnswer, .laterCallWithoutAnswer, .firstReadingUnanswered: .losesItsAnswer(kill)
            default: .isLost(kill)
            }
        }
    }

    /// Two environments, one of which can only go one stack after the other, and two that nobody planned.
    private static let fleet: [Deployment] = [
        Deployment(name: "network-feat-a", template: Templates.exporter),
        Deployment(name: "api-feat-a", template: Templates.importer, parameters: ["BuiltOn": "network-feat-a"]),
        Deployment(account: \.payments, region: "us-east-1", name: "solo-feat-b"),
        Deployment(name: "keeper-pr-7"),
        Deployment(account: \.payments, region: "us-east-1", name: "shop-prod"),
    ]
    private static let planned = ["api-feat-a", "network-feat-a", "solo-feat-b"]

    @Test(arguments: Moment.allCases) func `P12 killed, it is brought to the same end`(_ moment: Moment) async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            try await house.planned()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)

            let victim = Program.Handle()
            let wasKilled = Mutex(false)
            proxy.decide { call, before in
                guard moment.isNow(call, before: before), !wasKilled.withLock({ $0 }) else { return .passes }
                wasKilled.withLock { $0 = true }
                return moment.fate { victim.kill() }
            }
            let killed = try await behind.curfew("reap", expecting: -9, handle: victim)
            #expect(wasKilled.withLock { $0 }, "the moment never came: \(killed)")
            try await house.awaitQuiet()
            proxy.decide { _, _ in .passes }

            try await behind.reapAfterTheLease()
            try await Self.expectTheSameEnd(house)
            try await Self.expectHonestCalls(proxy, house)
            // A third run finds nothing to take up.
            let before = proxy.calls.count { $0.action == "DeleteStack" }
            try await behind.curfew("reap")
            #expect(proxy.calls.count { $0.action == "DeleteStack" } == before)
        }
    }

    /// The end of a reap that nobody killed, once for all moments.
    private static let undisturbed = Once<[String]>()

    private static func expectTheSameEnd(_ house: House) async throws {
        let reference = try await undisturbed.value {
            let end = Mutex<[String]>([])
            try await House.with { house in
                try await house.deploy(fleet)
                try await house.planned()
                try await house.curfew("reap")
                let reached = try await house.endState()
                end.withLock { $0 = reached }
            }
            return end.withLock { $0 }
        }
        let end = try await house.endState()
        #expect(end == reference)
        let standing = end.filter { $0.hasPrefix("stands") }
        #expect(standing == ["stands payments/us-east-1/shop-prod", "stands shop/eu-west-1/keeper-pr-7"])
        #expect(end.count { $0.hasPrefix("step") && $0.hasSuffix(" gone") } == 3)
    }

    @Test(arguments: [1, 3]) func `N3 a scan that is killed leaves nothing half-recorded`(listings: Int) async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            try await house.planned()
            let before = try await house.inventory()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let victim = Program.Handle()
            proxy.decide { call, before in
                let seen = before.count { $0.action == "DescribeStacks" && $0.stack == nil }
                guard call.action == "DescribeStacks", seen + 1 == listings else { return .passes }
                return .isLost { victim.kill() }
            }
            try await behind.curfew("scan", expecting: -9, handle: victim)
            try await house.awaitQuiet()
            #expect(try await house.inventory() == before)
            // Nothing is concluded from a scan that never ended; the next one takes it up and brings it to its end.
            try await house.curfew("evaluate")
            #expect(try await house.inventory() == before)
            let next = try await house.json("scan")
            #expect(next["state"].string == "complete" && next["listed"].int == Self.fleet.count)
            #expect(try await house.lines("SELECT count(*)::text FROM scans WHERE state = 'running'") == ["0"])
            #expect(try await house.inventory() == before)
        }
    }

    private static func expectHonestCalls(_ proxy: Proxy, _ house: House) async throws {
        let deletions = proxy.calls.filter { $0.action == "DeleteStack" }
        #expect(Set(deletions.compactMap(\.token)).count == planned.count, "one token for each step")
        let names = Set(deletions.compactMap { $0.stack?.split(separator: "/").dropFirst().first.map(String.init) })
        #expect(names == Set(planned), "nothing outside the plan is touched")
        // P4: by id, never by name.
        #expect(deletions.allSatisfy { $0.stack?.hasPrefix("arn:") == true })
        for deletion in deletions {
            let intents = try await house.lines(
                """
                SELECT extract(epoch FROM at)::text FROM audit_log
                WHERE event = 'step intended' AND details ->> 'token' = \(deletion.token ?? "")
                    AND details ->> 'component' = \(deletion.stack ?? "") AND actor = 'ada'
                """
            )
            // A call that never arrived is made again after its own intent, with the same token.
            let calls = deletions.count { $0.token == deletion.token }
            #expect((1...calls).contains(intents.count), "P13 an intent for each call for \(deletion.stack ?? "")")
            let intended = intents.first.flatMap { Double($0) } ?? .infinity
            #expect(intended <= deletion.at.timeIntervalSince1970, "P13 the intent comes before the call")
        }
    }
}

extension House {
    /// Everything that matters of how it ended, without numbers and times that differ from run to run.
    func endState() async throws -> [String] {
        let records = try await lines(
            """
            SELECT 'plan ' || e.name || ' ' || p.state || ' ' || coalesce(p.ended_because, '') FROM plans p
                JOIN plan_environments USING (plan_id) JOIN environments e USING (environment_id)
            UNION ALL
            SELECT 'step ' || e.name || ' ' || c.name || ' ' || s.state FROM steps s
                JOIN environments e USING (environment_id) JOIN components c USING (component_id)
            UNION ALL
            SELECT 'environment ' || e.name || '#' || e.incarnation || ' ' || e.class || ' '
                || CASE WHEN e.ended_at IS NULL THEN 'lives' ELSE 'ended' END || ' ' || coalesce(f.state, '')
                FROM environments e LEFT JOIN findings f USING (environment_id)
            UNION ALL
            SELECT 'component ' || name || ' ' || coalesce(gone_because, 'is there') FROM components
            UNION ALL
            SELECT 'tombstone ' || c.name || ' ' || count(*) FROM tombstones JOIN components c USING (component_id)
                GROUP BY c.name
            ORDER BY 1
            """
        )
        return records + (try await standing().map { "stands \($0)" })
    }
}
