import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// A reaper is frozen, as by a machine that is suspended, longer than its lease; another takes over; it is woken.
@Suite struct FreezeTests {
    enum Moment: String, CaseIterable, Sendable {
        case beforeItsFirstCall = "while it reads what it is about to delete"
        case inItsFirstCall = "while its first call is on its way"
        case whileObserving = "while it looks at what became of its first call"
    }

    private static let fleet: [Deployment] = [
        Deployment(name: "network-feat-a", template: Templates.exporter),
        Deployment(name: "api-feat-a", template: Templates.importer, parameters: ["BuiltOn": "network-feat-a"]),
        Deployment(account: \.payments, name: "solo-feat-b"),
    ]

    private static func isNow(_ moment: Moment, _ call: Proxy.Call, _ before: [Proxy.Call]) -> Bool {
        let deletion = before.first { $0.action == "DeleteStack" }
        return switch moment {
        case .beforeItsFirstCall: call.action == "GetStackPolicy"
        case .inItsFirstCall: call.action == "DeleteStack"
        case .whileObserving:
            call.action == "DescribeStacks" && call.stack != nil && call.stack == deletion?.stack
        }
    }

    @Test(arguments: Moment.allCases) func `P11 frozen longer than its lease and woken, it starts nothing any more`(
        _ moment: Moment
    ) async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            try await house.planned()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let sleeper = Program.Handle()
            let door = Door()
            proxy.decide { call, before in
                guard Self.isNow(moment, call, before), door.isForMe else { return .passes }
                return .passesAfter {
                    sleeper.freeze()
                    door.comeAndGo()
                }
            }
            async let frozen = behind.curfew("reap", expecting: nil, handle: sleeper)
            try await door.awaitSomebody()
            // At most one works: the other finds it taken until the lease and the signature window are over.
            try await behind.reapAfterTheLease()
            #expect(try await house.standing().isEmpty)
            let deletions = proxy.calls.count { $0.action == "DeleteStack" }
            sleeper.wake()
            let woken = try await frozen
            #expect(woken.status == 75, "\(woken)")
            #expect(woken.messages.contains("another reaper"), "\(woken)")
            #expect(proxy.calls.count { $0.action == "DeleteStack" } == deletions, "the woken one makes no call")
            let tokens = proxy.calls.filter { $0.action == "DeleteStack" }.compactMap(\.token)
            #expect(tokens.count == 3 && Set(tokens).count == 3)
            #expect(try await house.planStates() == ["done", "done"])
        }
    }
}
