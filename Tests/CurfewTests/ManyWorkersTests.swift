import Foundation
import Postgres
import TestSupport
import Testing

/// Several `curfew scan` at once, as on several machines: real processes, killed, frozen and woken.
@Suite struct ManyWorkersTests {
    private static let fleet: [Deployment] = [
        Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-x"),
        Deployment(region: "us-east-1", name: "c-feat-y"),
    ]

    private static func isListing(_ call: Proxy.Call) -> Bool { call.action == "DescribeStacks" && call.stack == nil }

    private func scans(_ house: House) async throws -> [String] {
        try await house.lines("SELECT state FROM scans ORDER BY scan_id")
    }

    @Test func `two at once share one scan, and a third after it begins another`() async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            let door = Door()
            proxy.decide { call, _ in
                guard Self.isListing(call), door.isForMe else { return .passes }
                return .passesAfter { door.pass() }
            }
            async let first = behind.json("scan")
            try await door.awaitSomebody()
            async let second = behind.json("scan")
            for _ in 0..<600 {
                if try await house.lines("SELECT 'x' FROM scan_workers").count == 2 { break }
                _ = try await house.lines("SELECT pg_sleep(0.02)::text")
            }
            door.open()
            let outcomes = try await [first, second]
            #expect(outcomes[0]["scan"] == outcomes[1]["scan"] && outcomes[0]["scan"].int > 0)
            for outcome in outcomes {
                #expect(outcome["state"].string == "complete" && outcome["listed"].int == 3, "\(outcome)")
                let read = outcome["workers"].elements.map { $0["read"].int }
                #expect(read.reduce(0, +) == 4, "\(outcome["workers"])")
            }
            // Not one target was listed twice.
            #expect(proxy.calls.count(where: Self.isListing) == 4)
            let third = try await behind.json("scan")
            #expect(third["scan"].int > outcomes[0]["scan"].int)
            #expect(try await scans(house) == ["complete", "complete"])
        }
    }

    @Test func `R1 what a killed worker was reading is taken over by the one beside it`() async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let (victim, door) = (Program.Handle(), Door())
            proxy.decide { call, _ in
                guard Self.isListing(call), door.isForMe else { return .passes }
                return .isLost {
                    door.comeAndGo()
                    victim.kill()
                }
            }
            async let killed = behind.curfew("scan", expecting: -9, handle: victim)
            try await door.awaitSomebody()
            let survivor = try await behind.json("scan")
            _ = try await killed
            #expect(survivor["state"].string == "complete" && survivor["listed"].int == 3, "\(survivor)")
            #expect(try await scans(house) == ["complete"])
            #expect(try await house.lines("SELECT 'r' FROM readings").count == 4)
        }
    }

    @Test func `R1 a worker that was frozen longer than its lease and is woken records nothing that it read`()
        async throws
    {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let (sleeper, door) = (Program.Handle(), Door())
            proxy.decide { call, _ in
                guard Self.isListing(call), call.accessKey == house.payments, door.isForMe else { return .passes }
                return .passesAfter {
                    sleeper.freeze()
                    door.comeAndGo()
                }
            }
            async let frozen = behind.curfew("scan", "--json", expecting: 0, handle: sleeper)
            try await door.awaitSomebody()
            // The other waits until the lease has run out, reads what the frozen one held, and ends the scan.
            let other = try await behind.json("scan")
            #expect(other["state"].string == "complete")
            // Whatever the frozen one has read is older than this.
            try await house.deploy([Deployment(account: \.payments, name: "d-feat-z")])
            let newer = try await behind.json("scan")
            #expect(newer["listed"].int == 4)
            let before = try await house.inventory()
            sleeper.wake()
            let woken = try await frozen
            #expect(try JSON(text: woken.output)["scan"] == other["scan"], "\(woken)")
            #expect(try await house.inventory() == before)
            #expect(try await house.lines("SELECT 'r' FROM readings").count == 8)
        }
    }

    @Test func `one target is read by name, and nothing else is asked for`() async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            let one = try await behind.json("scan", "--target", "shop/us-east-1")
            #expect(one["whole"] == .flag(false) && one["listed"].int == 1)
            #expect(one["targets"].elements.map { $0["region"].string } == ["us-east-1"])
            #expect(Set(proxy.calls.compactMap(\.accessKey)) == [house.shop])
            let two = try await behind.json(
                "scan",
                "--target",
                "\(house.payments)/eu-west-1",
                "--target",
                "shop/eu-west-1"
            )
            #expect(two["targets"].elements.count == 2 && two["listed"].int == 2)
            expectError(
                try await behind.curfew("scan", "--target", "shop/mars-1", expecting: 64),
                64,
                saying: "is no known target"
            )
            expectError(try await behind.curfew("scan", "--target", "shop", expecting: 64), 64, saying: "is no target")
            let mixed = try await behind.curfew("scan", "--target", "shop/eu-west-1", "--region", "x", expecting: 64)
            #expect(mixed.messages.contains("leave out --account and --region"))
        }
    }
}
