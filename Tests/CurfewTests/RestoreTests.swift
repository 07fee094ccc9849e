import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Environments are reaped and made again by the program, and compared by somebody who knows nothing of its types.
@Suite(.serialized) struct RestoreTests {
    private static let fleet: [Deployment] = [
        Deployment(name: "zz-feat-a", template: Templates.exporter, tags: ["owner": "ada@example.com", "team": "x"]),
        Deployment(name: "aa-feat-a", template: Templates.importer, parameters: ["BuiltOn": "zz-feat-a"]),
        Deployment(account: \.payments, region: "us-east-1", name: "mm-feat-a", terminationProtection: false),
    ]

    private static let secretsFile = "mm-feat-a/Word=\(HouseSecrets.parameter)\n"

    @Test func `P17 it is made again as it was, and what was never shown is given in a file and shown nowhere`()
        async throws
    {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            try await house.stacks(house.shop, "eu-west-1").setPolicy("{\"Statement\":[]}", of: "zz-feat-a")
            let before = try await house.details(["zz-feat-a", "aa-feat-a"])
            let protected = try await house.stacks(house.payments, "us-east-1").detail("mm-feat-a")
            try await house.planned()
            try await house.curfew("reap")
            #expect(try await house.standing().isEmpty)

            let look = try await house.json("restore", "feat-a", expecting: 5)
            #expect(look["applied"] == .flag(false) && look["complete"] == .flag(false))
            let names = look["stacks"].elements.map(\.["name"].string)
            #expect(Set(names) == ["zz-feat-a", "aa-feat-a", "mm-feat-a"])
            #expect(names.firstIndex(of: "zz-feat-a") ?? 9 < names.firstIndex(of: "aa-feat-a") ?? 0)
            let word = look["stacks"].elements.first { $0["name"].string == "mm-feat-a" }?["parameters"].elements.first
            #expect(word?["name"].string == "Word" && word?["value"].string == "not known")
            #expect(try await house.standing().isEmpty, "P1 a look makes nothing")

            // On the command line everybody could read it.
            let open = try await Program.run(
                ["restore", "feat-a", "--parameter", "mm-feat-a/Word=something"],
                variables: house.variables(of: "ada"),
                in: house.folder
            )
            #expect(open.status == 64 && open.messages.contains("--parameters-from"))
            let file = house.folder + "/secrets"
            try house.write(Self.secretsFile, to: file)
            try await house.curfew("restore", "feat-a", "--apply", "--parameters-from", file, expecting: 64)
            #expect(try await house.standing().isEmpty, "its name was not typed")
            try await house.curfew("restore", "feat-a", as: "eve", expecting: 77)

            let applied = ["restore", "feat-a", "--apply", "--confirm", "feat-a", "--parameters-from", file, "--json"]
            let outcome = try await Program.run(applied, variables: house.variables(of: "grace"), in: house.folder)
            #expect(outcome.status == 0 && !outcome.output.contains(HouseSecrets.parameter), "\(outcome)")
            let made = try JSON(text: outcome.output)
            #expect(
                made["complete"] == .flag(true) && made["stacks"].elements.allSatisfy { $0["state"].string == "made" }
            )
            #expect(try await house.details(["zz-feat-a", "aa-feat-a"]) == before)
            #expect(try await house.stacks(house.payments, "us-east-1").detail("mm-feat-a") == protected)

            try await expectRecords(house)
            // The next scan finds a new life, which is judged anew.
            try await house.curfew("scan")
            #expect(try await house.json("show", "feat-a")["incarnation"].int == 2)
            // There is nothing more to do.
            try await house.curfew("restore", "feat-a", "--apply", "--confirm", "feat-a", "--parameters-from", file)
        }
    }

    /// Of each stack an intent, sealed, before what came of it; every reading; and no secret anywhere else.
    private func expectRecords(_ house: House) async throws {
        for event in ["restore intended", "restore requested", "restore made"] {
            let actors = try await house.lines("SELECT actor FROM audit_log WHERE event = \(event)")
            #expect(actors == ["grace", "grace", "grace"], "\(event)")
        }
        let reads = try await house.lines("SELECT actor FROM audit_log WHERE event = 'tombstone read'")
        #expect(reads.count >= 9 && !reads.contains("eve"))
        #expect(try await house.lines("SELECT count(*)::text FROM audit_unsealed") == ["0"])
        let tables = try await house.lines(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'curfew'::regnamespace AND relkind = 'r'"
        )
        for table in tables {
            for secret in HouseSecrets.all {
                let hex = secret.utf8.map { String($0, radix: 16) }.joined()
                let count = try await house.lines(
                    """
                    SELECT count(*)::text FROM \(identifier: table) t
                    WHERE t::text LIKE \("%" + secret + "%") OR t::text LIKE \("%" + hex + "%")
                    """
                )
                #expect(count == ["0"] || table == "tombstones", "\(table) holds \(secret)")
            }
        }
        // Not even there: what CloudFormation shows of it is a mask, and a mask is not kept as a value.
        let mask = try await house.lines(
            "SELECT count(*)::text FROM tombstones WHERE convert_from(content, 'UTF8') LIKE '%****%'"
        )
        #expect(mask == ["0"])
    }

    @Test func `a name that is taken, and a tombstone that was changed, stop it before anything is made`() async throws
    {
        try await House.with { house in
            try await house.deploy(Array(Self.fleet.prefix(2)))
            try await house.planned()
            try await house.curfew("reap")
            try await house.deploy([Deployment(name: "aa-feat-a")])
            let taken = try await house.curfew("restore", "feat-a", "--apply", "--confirm", "feat-a", expecting: 5)
            #expect(taken.output.contains("a stack of that name is there"))
            #expect(try await house.standing() == ["shop/eu-west-1/aa-feat-a"])
            try await house.stacks(house.shop, "eu-west-1").delete("aa-feat-a")
            _ = try await house.lines("ALTER TABLE tombstones DISABLE TRIGGER USER")
            _ = try await house.lines("UPDATE tombstones SET content = content || '\\x20'")
            let broken = try await house.curfew("restore", "feat-a", "--apply", "--confirm", "feat-a", expecting: 65)
            #expect(broken.messages.contains("hash"))
            #expect(try await house.standing().isEmpty)
        }
    }

    @Test(arguments: ["the call never arrives", "its answer never arrives", "nobody reads what became of it"])
    func `P12 killed in the middle, it is brought to the same end`(moment: String) async throws {
        try await House.with { house in
            try await house.deploy(Array(Self.fleet.prefix(2)))
            let before = try await house.details(["zz-feat-a", "aa-feat-a"])
            try await house.planned()
            try await house.curfew("reap")
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            let victim = Program.Handle()
            let wasKilled = Mutex(false)
            proxy.decide { call, before in
                let creations = before.count { $0.action == "CreateStack" }
                let isNow =
                    moment.hasPrefix("nobody")
                    ? creations == 1 && call.action == "DescribeStacks" && call.stack != nil
                    : call.action == "CreateStack"
                guard isNow, !wasKilled.withLock({ $0 }) else { return .passes }
                wasKilled.withLock { $0 = true }
                return moment.hasPrefix("its answer") ? .losesItsAnswer { victim.kill() } : .isLost { victim.kill() }
            }
            try await behind.curfew(
                "restore",
                "feat-a",
                "--apply",
                "--confirm",
                "feat-a",
                expecting: -9,
                handle: victim
            )
            #expect(wasKilled.withLock { $0 })
            try await house.awaitQuiet()
            proxy.decide { _, _ in .passes }
            try await behind.curfew("restore", "feat-a", "--apply", "--confirm", "feat-a")
            #expect(try await house.details(["zz-feat-a", "aa-feat-a"]) == before)
            let tokens = Set(proxy.calls.filter { $0.action == "CreateStack" }.compactMap(\.token))
            #expect(tokens.count == 2, "one token for each stack")
            #expect(proxy.calls.allSatisfy { $0.action != "DeleteStack" }, "a restore deletes nothing")
            #expect(try await house.lines("SELECT count(*)::text FROM audit_log WHERE event = 'restore made'") == ["2"])
        }
    }

    @Test func `what stays is listed until it is gone`() async throws {
        try await House.with { house in
            let bucket = "kept-\(house.shop)"
            let template = """
                {"Resources": {"K": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain",
                 "Properties": {"BucketName": "\(bucket)"}}, "T": {"Type": "AWS::SNS::Topic"}}}
                """
            let deployment = Deployment(
                region: "us-east-1",
                name: "a-feat-x",
                template: template,
                tags: ["owner": "ada@example.com"]
            )
            try await house.deploy([deployment])
            try await house.planned()
            try await house.curfew("reap")
            try await house.curfew("leftovers", "--check", expecting: nil)
            let left = try await house.json("leftovers")
            #expect(left.elements.map(\.["identifier"].string) == [bucket])
            let one = left.elements.first ?? .null
            #expect(one["reason"].string == "retained" && one["owner"].string == "ada@example.com")
            #expect(one["removal"].string.contains("aws s3 rb") && one["environment"].string == "feat-x")
            #expect(try await house.json("leftovers", "--owner", "joan@example.com").elements.isEmpty)
            let report = try await house.curfew("report")
            #expect(report.output.contains("Leftovers (1)") && report.output.contains(bucket))
            // Made again, the stack would find its name taken.
            let blocked = try await house.curfew("restore", "feat-x", expecting: 5)
            #expect(blocked.output.contains("\(bucket) (AWS::S3::Bucket) stayed"))

            let place = ["--region", "us-east-1", "s3api", "delete-bucket", "--bucket", bucket]
            _ = try await house.aws(place, at: house.emulator)
            try await house.curfew("leftovers", "--check", expecting: nil)
            #expect(try await house.json("leftovers").elements.isEmpty)
            #expect(try await house.json("leftovers", "--all").elements.map(\.["identifier"].string) == [bucket])
            try await house.curfew("restore", "feat-x", "--apply", "--confirm", "feat-x")
        }
    }

    @Test func `tombstones are kept as long as the settings say, and never less than 30 days`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x", template: Templates.exporter)])
            try await house.planned()
            try await house.curfew("reap")
            #expect(try await house.json("database", "prune", "--apply")["tombstones"].elements.isEmpty)
            _ = try await house.lines("ALTER TABLE tombstones DISABLE TRIGGER USER")
            _ = try await house.lines("UPDATE tombstones SET stored_at = stored_at - interval '500 days'")
            _ = try await house.lines("UPDATE environments SET ended_at = ended_at - interval '500 days'")
            #expect(try await house.json("database", "prune")["tombstones"].elements.count == 1)
            try await house.curfew("database", "prune", "--apply", as: "eve", expecting: 77)
            #expect(try await house.lines("SELECT count(*)::text FROM tombstones") == ["1"])
            #expect(try await house.json("database", "prune", "--apply", as: "grace")["tombstones"].elements.count == 1)
            #expect(try await house.lines("SELECT count(*)::text FROM tombstones") == ["0"])
            try await house.curfew("restore", "feat-x", expecting: 64)
        }
    }
}

extension House {
    /// Of stacks in the shop's first region.
    func details(_ names: [String]) async throws -> [String: EmulatorStacks.Detail] {
        var found: [String: EmulatorStacks.Detail] = [:]
        for name in names { found[name] = try await stacks(shop, Self.regions[0]).detail(name) }
        return found
    }
}
