import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// A whole organization, a tenth of which cannot be read or only with trouble, read by four processes of which two are
/// killed; twice, with other troubles the second time.
@Suite struct OrganizationTests {
    /// 40 accounts in 4 regions with `CURFEW_ORGANIZATION=40x4`.
    private static let size: (accounts: Int, regions: Int) = {
        let asked = ProcessInfo.processInfo.environment["CURFEW_ORGANIZATION"] ?? ""
        let numbers = asked.split(separator: "x").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (8, 2)
    }()
    private static let regions = ["eu-west-1", "us-east-1", "eu-central-1", "ap-south-1"]

    /// A tenth of the targets, at least one for each kind of trouble.
    private static func troubles(
        _ places: [OrganizationServer.Place],
        from start: Int
    ) -> [OrganizationServer.Place: OrganizationServer.Trouble] {
        let kinds = OrganizationServer.Trouble.allCases
        let count = max(kinds.count, places.count / 10)
        return Dictionary(
            uniqueKeysWithValues: (0..<count).map { index in
                (places[(start + index * (places.count / count)) % places.count], kinds[index % kinds.count])
            }
        )
    }

    /// Each process knows all accounts; a twelve-digit key is the account.
    private func write(_ server: OrganizationServer, _ house: House) throws {
        let accounts = Set(server.places.map(\.account)).sorted()
        let regions = Set(server.places.map(\.region)).sorted().joined(separator: ", ")
        let settings = """
            accounts:
            \(accounts.map { "  - { id: \"\($0)\", profile: p\($0), regions: [\(regions)] }" }.joined(separator: "\n"))
            people: { ada: { logins: [ada], groups: [platform] } }
            aws: { endpoint: "\(server.url)" }
            load: { requests_per_second: 10000, burst: 10000 }
            timings: { observe: 0s, confirm_gone: 0s, executor_lease: 8s, signature_window: 1s }

            """
        try house.write(settings, to: house.settingsFile)
        try house.write(
            accounts.map { "[profile p\($0)]\nregion = eu-west-1\n" }.joined(),
            to: house.folder + "/aws-config"
        )
        try house.write(
            accounts.map {
                "[p\($0)]\naws_access_key_id = \($0)\naws_secret_access_key = \(HouseSecrets.accessSecret)\n"
            }.joined(),
            to: house.folder + "/aws-credentials"
        )
    }

    /// Four at once; the first two are killed while the others read.
    private func scan(_ server: OrganizationServer, _ house: House) async throws -> [JSON] {
        let victims = [Program.Handle(), Program.Handle()]
        let kills = Mutex<[(at: Int, victim: Program.Handle)]>([
            (server.places.count / 4, victims[0]), (server.places.count / 2, victims[1]),
        ])
        server.change { state in
            state.listings = 0
            state.onListing = { number in
                let due = kills.withLock { kills -> [Program.Handle] in
                    let due = kills.filter { $0.at <= number }.map(\.victim)
                    kills.removeAll { $0.at <= number }
                    return due
                }
                for victim in due { victim.kill() }
            }
        }
        let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
            for index in 0..<4 {
                group.addTask {
                    try await Program.run(
                        ["scan", "--json"],
                        variables: house.variables(of: "ada"),
                        in: house.folder,
                        within: .seconds(600),
                        handle: index < 2 ? victims[index] : Program.Handle()
                    )
                }
            }
            return try await group.reduce(into: [Program.Outcome]()) { $0.append($1) }
        }
        #expect(outcomes.map(\.status).sorted() == [-9, -9, 4, 4], "\(outcomes.map(\.messages))")
        return try outcomes.filter { $0.status == 4 }.map { try JSON(text: $0.output) }
    }

    /// What the database has as being there, by place.
    private func recorded(_ house: House) async throws -> [String: Set<String>] {
        let lines = try await house.lines(
            """
            SELECT account || '/' || region || ' ' || provider_id FROM components JOIN targets USING (target_id)
            WHERE gone_at IS NULL
            """
        )
        return lines.reduce(into: [:]) { found, line in
            let parts = line.split(separator: " ").map(String.init)
            found[parts[0], default: []].insert(parts[1])
        }
    }

    private func expect(
        _ scans: [JSON],
        _ troubles: [OrganizationServer.Place: OrganizationServer.Trouble],
        _ server: OrganizationServer
    ) {
        #expect(Set(scans.map { $0["scan"].int }).count == 1)
        for scan in scans {
            #expect(scan["state"].string == "partial" && scan["whole"] == .flag(true))
            let targets = scan["targets"].elements
            #expect(targets.count == server.places.count)
            for target in targets {
                let place = OrganizationServer.Place(
                    account: target["account"].string,
                    region: target["region"].string
                )
                let isReadable = troubles[place]?.isReadable ?? true
                #expect(target["outcome"].string == (isReadable ? "complete" : "failed"), "\(target)")
                // What could not be read says so, and what to do.
                #expect(isReadable || (!target["failure"].string.isEmpty && !target["advice"].string.isEmpty))
            }
            #expect(scan["workers"].elements.reduce(0) { $0 + $1["read"].int } == server.places.count)
        }
    }

    @Test func `R1 R2 an organization read by many, in trouble and killed, is what could be read and nothing else`()
        async throws
    {
        let server = try OrganizationServer(
            accounts: Self.size.accounts,
            regions: Array(Self.regions.prefix(Self.size.regions))
        )
        defer { server.stop() }
        // One environment in all regions of each account, one in each place alone, and something permanent.
        for (index, place) in server.places.enumerated() {
            for name in ["app-feat-\(place.account)", "solo-feat-\(index)", "shop-prod"] { server.add(name, in: place) }
        }
        try await House.with { house in
            try write(server, house)
            try await house.curfew("policy", "apply", house.policyFile)
            let first = Self.troubles(server.places, from: 0)
            server.change { $0.troubles = first }
            expect(try await scan(server, house), first, server)
            let read = server.places.filter { first[$0]?.isReadable ?? true }
            let unread = server.places.filter { !read.contains($0) }
            var there = try await recorded(house)
            for place in read { #expect(there[place.description] == server.standing(in: place), "\(place)") }
            for place in unread { #expect(there[place.description] == nil, "\(place)") }
            let missing = try await house.json("coverage", "--missing", "--exit-code", expecting: 4)
            #expect(
                missing.elements.map { "\($0["account"].string)/\($0["region"].string)" }.sorted()
                    == unread.map(\.description).sorted()
            )
            try await house.curfew("evaluate", expecting: nil)

            // Others are in trouble now, which were read before; and everywhere something went and something came.
            let second = Self.troubles(server.places, from: 1)
            server.change { $0.troubles = second }
            for (index, place) in server.places.enumerated() {
                server.remove("solo-feat-\(index)", in: place)
                server.add("new-feat-\(index)", in: place)
            }
            let findings = try await findings(house)
            expect(try await scan(server, house), second, server)
            let before = there
            there = try await recorded(house)
            for place in server.places {
                let isRead = second[place]?.isReadable ?? true
                let expected = isRead ? server.standing(in: place) : before[place.description]
                #expect(there[place.description] == expected, "\(place) \(isRead)")
            }
            // Gone is what went where it could be read, by id; nothing else ever.
            let gone = try await house.lines("SELECT name FROM components WHERE gone_because = 'confirmed by id'")
            let went = server.places.enumerated().filter { index, place in
                (second[place]?.isReadable ?? true) && before[place.description] != nil
            }
            #expect(gone.sorted() == went.map { "solo-feat-\($0.offset)" }.sorted())
            #expect(
                try await house.lines("SELECT name FROM components WHERE gone_because <> 'confirmed by id'").isEmpty
            )

            // What has a part where nothing could be read is neither flagged nor cleared; all else is judged.
            let evaluated = try await house.json("evaluate", expecting: 4)
            #expect(evaluated["verdicts"]["stale"].int > 0)
            let after = try await self.findings(house)
            let held = try await house.lines(
                """
                SELECT DISTINCT e.name FROM environments e JOIN environment_targets USING (environment_id)
                JOIN targets t USING (target_id) JOIN readings r USING (target_id)
                WHERE e.ended_at IS NULL AND e.class = 'feature' AND r.outcome <> 'complete'
                    AND r.scan_id = (SELECT max(scan_id) FROM scans)
                """
            )
            #expect(!held.isEmpty)
            for name in held { #expect(after[name] == findings[name], "\(name)") }
            let verdicts = try await house.lines(
                """
                SELECT e.name || ' ' || v.verdict FROM environments e JOIN verdicts v USING (environment_id)
                WHERE e.ended_at IS NULL AND e.class = 'feature'
                """
            )
            for line in verdicts {
                let parts = line.split(separator: " ").map(String.init)
                #expect(parts[1] == (held.contains(parts[0]) ? "undecided" : "stale"), "\(line)")
            }
        }
    }

    /// The state of each feature's finding and when it began, by name.
    private func findings(_ house: House) async throws -> [String: String] {
        let lines = try await house.lines(
            """
            SELECT e.name || ' ' || f.state || '@' || f.flagged_at FROM findings f
            JOIN environments e USING (environment_id) WHERE e.class = 'feature' AND e.ended_at IS NULL
            """
        )
        return lines.reduce(into: [:]) { found, line in
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            found[parts[0]] = parts[1]
        }
    }
}
