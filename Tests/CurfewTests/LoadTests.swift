import Foundation
import Postgres
import TestSupport
import Testing

/// How much the program asks of AWS, counted where AWS stands (N4).
@Suite struct LoadTests {
    /// CloudFormation in one account and region.
    private static func isInLane(_ call: Proxy.Call, _ account: String) -> Bool {
        call.accessKey == account
            && call.request[header: "authorization"]?.contains("/eu-west-1/cloudformation/") == true
    }

    @Test func `N4 processes that work at the same time stay under the rate together`() async throws {
        try await House.with { house in
            try await house.deploy((1...3).map { Deployment(name: "app-feat-\($0)") })
            try await house.planned()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            var behind = try house.reaching(proxy.url)
            (behind.requestsPerSecond, behind.burst) = (3, 3)
            try behind.writeSettings()
            let slow = behind
            let began = Date()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await slow.curfew("scan", "--full") }
                for name in ["feat-1", "feat-2"] {
                    group.addTask { try await slow.curfew("plan", name, expecting: nil) }
                }
                try await group.waitForAll()
            }
            let calls = proxy.calls.filter { Self.isInLane($0, house.shop) }.map { $0.at.timeIntervalSince(began) }
            // Enough that three processes, each with a rate of its own, would have been done long before.
            #expect(calls.count >= 12, "\(calls.count)")
            // From every call to every later one: a burst, and the rate. Requests may bunch up on their way.
            for (first, start) in calls.enumerated() {
                for (last, end) in calls.enumerated().dropFirst(first + 1) {
                    let count = Double(last - first + 1)
                    #expect(count <= 3 + 3 * (end - start) + 2, "\(count) calls in \(end - start) s: \(calls)")
                }
            }
            // Nobody was slower than needed: what was saved up went at once.
            #expect(calls.count { $0 - (calls.first ?? 0) < 1.5 } >= 3, "\(calls)")
        }
    }

    @Test func `N4 throttling slows everybody in that account and region, and nobody else`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "app-feat-1")])
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            let shop = house.shop
            proxy.decide { call, before in
                guard Self.isInLane(call, shop), !before.contains(where: { Self.isInLane($0, shop) }) else {
                    return .passes
                }
                return .isAnswered(AWSAnswer.error(400, "Throttling", "Rate exceeded"))
            }
            let scan = try await behind.json("scan")
            #expect(scan["state"].string == "complete")
            // Repetitions are calls, too.
            #expect(scan["calls"]["cloudformation:DescribeStacks"].int == 5)
            let slowed = try await house.lines(
                """
                SELECT account || ' ' || region || ' ' || service FROM request_paces
                WHERE throttles = 1 AND rate < 0.9 * 10000
                """
            )
            #expect(slowed == ["\(shop) eu-west-1 cloudformation"])
        }
    }

    @Test func `N4 unchanged stacks cost nothing beyond the listing's pages and one identity call for each target`()
        async throws
    {
        try await House.with { house in
            // More than fit on one page of the emulator.
            try await house.deploy((1...3).map { Deployment(account: \.payments, name: "b-feat-\($0)") })
            try await house.deploy((1...2).map { Deployment(name: "a-feat-\($0)") })
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            try await behind.curfew("scan")
            let first = proxy.calls.count
            // Every answer in two pages, the second of them empty.
            proxy.decide { call, _ in
                guard call.action == "DescribeStacks", call.stack == nil else { return .passes }
                if call.fields["NextToken"] == "more" {
                    return .isAnswered(AWSAnswer.result("DescribeStacks", "<Stacks/>"))
                }
                return .isRetold { answer in
                    answer.saying(
                        answer.body.replacing(
                            "</DescribeStacksResult>",
                            with: "<NextToken>more</NextToken></DescribeStacksResult>"
                        )
                    )
                }
            }
            let second = try await behind.json("scan")
            #expect(second["state"].string == "complete" && second["listed"].int == 5)
            let calls = proxy.calls.dropFirst(first)
            let counted = Dictionary(grouping: calls, by: \.action).mapValues(\.count)
            #expect(counted == ["GetCallerIdentity": 4, "DescribeStacks": 8])
            // And that is what the scan says of itself.
            #expect(second["calls"].keys == ["sts:GetCallerIdentity", "cloudformation:DescribeStacks"])
            #expect(second["calls"]["sts:GetCallerIdentity"].int == 4)
            #expect(second["calls"]["cloudformation:DescribeStacks"].int == 8)
        }
    }
}
