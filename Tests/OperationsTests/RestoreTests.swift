import Core
import Foundation
import Postgres
import Settings
import Testing

@testable import Ledger
@testable import Operations

@Suite struct RestoreTests {
    /// It exports what the shop imports, and has everything else that a stack can have.
    private static let network = """
        { "Parameters": { "Word": { "Type": "String", "NoEcho": true }, "Size": { "Type": "String" } },
          "Resources": { "Files": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": "files" } } } }
        """
    private static let shop = """
        Parameters: { On: { Type: String } }
        Resources:
          Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !ImportValue { "Fn::Sub": "${On}-url" } } }
        """
    private static let secret = GivenParameter(
        stack: "zz-feat-a",
        name: "Word",
        value: "a secret word",
        isPublic: false
    )

    /// Two stacks, the later one by name exporting, reaped.
    private static func reaped(_ scenario: Scenario) async throws -> (network: World.Stack, shop: World.Stack) {
        let outputs = [ComponentOutput(key: "Url", value: "https://hidden.example.com", exportName: "zz-feat-a-url")]
        let network = await scenario.world.old("zz-feat-a", tags: ["team": "checkout"]) {
            $0.template = Self.network
            $0.component.parameters = ["Word": "****", "Size": "enormous-value"]
            $0.component.capabilities = ["CAPABILITY_IAM"]
            $0.component.notificationTopics = ["arn:aws:sns:eu-west-1:111111111111:news"]
            $0.component.serviceRole = "arn:aws:iam::111111111111:role/deployer"
            $0.component.outputs = outputs
            $0.exports = ["zz-feat-a-url"]
            $0.resources = [
                ObservedResource(
                    logicalID: "Files",
                    physicalID: "files",
                    type: "AWS::S3::Bucket",
                    status: "CREATE_COMPLETE"
                )
            ]
            $0.contents = ["files": true]
        }
        let shop = await scenario.world.old("aa-feat-a") {
            $0.template = Self.shop
            $0.component.parameters = ["On": "zz-feat-a"]
            $0.imports = ["zz-feat-a-url"]
        }
        await scenario.world.arrange {
            $0.stackPolicies[network] = "{\"Statement\":[]}"
            $0.outputsOf["zz-feat-a"] = outputs
        }
        let networkBefore = try #require(await scenario.world.stacks[network])
        let shopBefore = try #require(await scenario.world.stacks[shop])
        try await scenario.ready()
        _ = try await scenario.approved()
        try await scenario.reap()
        #expect(await scenario.world.present.isEmpty)
        return (networkBefore, shopBefore)
    }

    @Test func `everything that a stack was made from is restored, exporters first`() async throws {
        try await Scenario.run { scenario in
            let before = try await Self.reaped(scenario)
            let draft = try await scenario.restore("feat-a", giving: [Self.secret])
            #expect(draft.isComplete && draft.stacks.map(\.name) == ["zz-feat-a", "aa-feat-a"])
            #expect(draft.stacks.map(\.after) == [[], ["zz-feat-a"]])
            for (old, name) in [(before.network, "zz-feat-a"), (before.shop, "aa-feat-a")] {
                let now = try #require(await scenario.world.standing(name))
                #expect(now.component.id != old.component.id)
                #expect(now.template == old.template)
                #expect(now.component.parameters == old.component.parameters)
                #expect(now.component.tags == old.component.tags)
                #expect(now.component.outputs == old.component.outputs)
                #expect(now.component.capabilities == old.component.capabilities)
                #expect(now.component.notificationTopics == old.component.notificationTopics)
                #expect(now.component.serviceRole == old.component.serviceRole)
                #expect(now.component.terminationProtection == old.component.terminationProtection)
            }
            let made = try #require(await scenario.world.standing("zz-feat-a")).component.id
            #expect(await scenario.world.stackPolicies[made] == "{\"Statement\":[]}")
            // Of each an intent before, and what came of it.
            let events = try await scenario.events("feat-a")
            let restored = ["restore intended", "restore requested", "restore made"]
            #expect(events.filter { $0.hasPrefix("restore ") } == restored + restored)
            // The next scan finds a life of its own.
            try await scenario.scan()
            #expect(try await scenario.environment("feat-a")?.key.incarnation == 2)
            // Done again, it finds everything there.
            #expect(try await scenario.restore("feat-a").isComplete)
            #expect(await scenario.world.makings.count == 2)
        }
    }

    @Test func `P1 a look makes nothing, and says what does not come back`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            await scenario.world.clearLog()
            let draft = try await scenario.restoring.look("feat-a", giving: [])
            #expect(await scenario.world.makings.isEmpty)
            #expect(draft.isBlocked && draft.stacks[0].blockers.count == 1)
            #expect(draft.stacks[0].blockers[0].contains("Word"))
            #expect(draft.stacks[0].parameters == ["Word": .notKnown, "Size": .known])
            #expect(draft.losses.map(\.name) == ["files"] && draft.losses.map(\.kind) == [.data])
            // P17: every tombstone that was read is in the log, and who did.
            #expect(try await scenario.events("feat-a").count { $0 == "tombstone read" } == 2)
        }
    }

    @Test func `P17 a mask is never deployed, and a secret is not taken from the command line`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            let blocked = try await scenario.restore("feat-a")
            #expect(blocked.stacks.map(\.state) == [.blocked, .ready])
            #expect(await scenario.world.makings.isEmpty)
            let open = GivenParameter(stack: "zz-feat-a", name: "Word", value: "a secret word", isPublic: true)
            let refused = await problem { _ = try await scenario.restore("feat-a", giving: [open]) }
            #expect(refused?.kind == .usage && refused?.description.contains("a secret word") == false)
            let unknown = GivenParameter(stack: "zz-feat-a", name: "Wort", value: "x", isPublic: false)
            #expect(await problem { _ = try await scenario.restore("feat-a", giving: [unknown]) }?.kind == .usage)
            try await scenario.restore("feat-a", giving: [Self.secret])
            // Nothing in the database but the tombstones has any value of a parameter or output.
            for secret in ["a secret word", "enormous-value", "hidden.example.com"] {
                let found = try await scenario.tables(holding: secret)
                #expect(Set(found).isSubset(of: ["tombstones"]), "\(secret) is in \(found)")
            }
        }
    }

    @Test func `a name that is taken, or anything else that reading can find, stops all of it`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            let other = await scenario.world.old("aa-feat-a")
            let taken = try await scenario.restore("feat-a", giving: [Self.secret])
            #expect(taken.stacks.map(\.state) == [.ready, .blocked])
            await scenario.world.remove(other)
            await scenario.world.arrange { $0.missingRoles = ["arn:aws:iam::111111111111:role/deployer"] }
            #expect(try await scenario.restore("feat-a", giving: [Self.secret]).stacks[0].state == .blocked)
            await scenario.world.arrange {
                $0.missingRoles = []
                $0.stackLimit = 1
            }
            #expect(
                try await scenario.restore("feat-a", giving: [Self.secret]).stacks.allSatisfy { $0.state == .blocked }
            )
            await scenario.world.arrange { $0.stackLimit = nil }
            await scenario.world.fail("components", World.denied)
            #expect(try await scenario.restore("feat-a", giving: [Self.secret]).isBlocked)
            await scenario.world.fail("components", nil)
            await scenario.world.setIdentity(Scenario.shop, Scenario.payments)
            #expect(try await scenario.restore("feat-a", giving: [Self.secret]).isBlocked)
            #expect(await scenario.world.makings.isEmpty)
        }
    }

    @Test func `what nothing exports any more is named`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("base-prod") { $0.exports = ["base-url"] }
            await scenario.world.old("aa-feat-b") {
                $0.template = Self.shop
                $0.component.parameters = ["On": "base"]
                $0.imports = ["base-url"]
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            try await scenario.reap()
            #expect(try await scenario.restoring.look("feat-b", giving: []).isBlocked == false)
            let base = try #require(await scenario.world.standing("base-prod"))
            await scenario.world.remove(base.component.id)
            let draft = try await scenario.restoring.look("feat-b", giving: [])
            #expect(draft.stacks[0].blockers == ["it imports base-url, which nothing exports"])
        }
    }

    @Test func `it stops at the first failure with its reason, without any value, and goes on when that is mended`()
        async throws
    {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            await scenario.world.arrange { $0.onMake["zz-feat-a"] = .fails("'enormous-value' is no 'a secret word'") }
            let failed = try await scenario.restore("feat-a", giving: [Self.secret])
            #expect(failed.stacks.map(\.state) == [.failed, .waiting])
            #expect(failed.stacks[0].reason == "Bucket (AWS::S3::Bucket): '(withheld)' is no '(withheld)'")
            await scenario.world.arrange { world in
                world.onMake = [:]
                for id in world.stacks.keys { world.stacks[id] = nil }
            }
            #expect(try await scenario.restore("feat-a", giving: [Self.secret]).isComplete)
            let tokens = await scenario.world.makings.map(\.token)
            #expect(tokens.count == 3 && Set(tokens).count == 3, "another try is another request")
        }
    }

    enum Crash: String, CaseIterable, Sendable {
        case beforeTheCall = "the intent is committed, the call never arrives"
        case beforeTheAnswer = "the call is taken, its answer never arrives"
        case whileWaiting = "the call is taken, nobody waits for it"
    }

    @Test(arguments: Crash.allCases) func `P12 stopped in the middle, it is brought to the same end`(
        _ crash: Crash
    )
        async throws
    {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            var sleeps = true
            switch crash {
            case .beforeTheCall: await scenario.world.arrange { $0.onMake["zz-feat-a"] = .neverArrives }
            case .beforeTheAnswer: await scenario.world.arrange { $0.onMake["zz-feat-a"] = .losesTheAnswer }
            case .whileWaiting:
                sleeps = false
                await scenario.world.arrange { $0.onMake["zz-feat-a"] = .works(after: 3) }
            }
            let stopped = await problem {
                _ = try await scenario.restore("feat-a", giving: [Self.secret], sleeps: sleeps)
            }
            #expect(stopped != nil)
            let end = try await scenario.restore("feat-a", giving: [Self.secret])
            #expect(end.isComplete, "\(end.stacks.map(\.state))")
            let makings = await scenario.world.makings
            #expect(Set(makings.map(\.token)).count == 2, "one token for each stack")
            #expect(await scenario.world.present.count == 2)
            let made = try await scenario.events("feat-a").count { $0 == "restore made" }
            #expect(made == 2)
        }
    }

    @Test func `what takes longer than one waits is taken up by the next run`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            await scenario.world.arrange { $0.onMake["zz-feat-a"] = .works(after: 6) }
            let early = try await scenario.restore("feat-a", giving: [Self.secret], patience: .seconds(60))
            #expect(early.stacks.map(\.state) == [.making, .waiting])
            #expect(try await scenario.restore("feat-a", giving: [Self.secret]).isComplete)
            #expect(await scenario.world.makings.count == 2)
        }
    }

    @Test func `a tombstone that was changed behind our back restores nothing`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            try await scenario.sql("ALTER TABLE tombstones DISABLE TRIGGER USER")
            try await scenario.sql("UPDATE tombstones SET content = content || '\\x20' WHERE tombstone_id = 1")
            let found = await problem { _ = try await scenario.restore("feat-a", giving: [Self.secret]) }
            #expect(found?.summary.contains("hash") == true)
            #expect(await scenario.world.makings.isEmpty)
        }
    }

    @Test func `what another version stored is refused, not guessed at`() async throws {
        let id = ComponentID("arn:aws:cloudformation:eu-west-1:111111111111:stack/a/1")
        for text in ["{}", "{\"format\":3}", "{\"format\":2}", "", "****"] {
            #expect(await problem { _ = try TombstoneContent.decoded(Array(text.utf8), of: id) }?.kind == .data)
        }
    }

    @Test func `only an operator restores`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.reaped(scenario)
            let other = scenario.being(Login(name: "joan", isOperator: false, embedded: true))
            #expect(await problem { _ = try await other.restoring.look("feat-a", giving: []) }?.kind == .notAllowed)
            #expect(await problem { _ = try await other.restore("feat-a") }?.kind == .notAllowed)
            #expect(try await scenario.events("feat-a").contains("tombstone read") == false)
        }
    }

    @Test func `what was never taken down is not restored, nor what is just going`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-c") { $0.onDelete = .goes(after: 99) }
            try await scenario.ready()
            try await scenario.look()
            #expect(await problem { _ = try await scenario.restore("feat-c") }?.kind == .usage)
            _ = try await scenario.approved()
            try await scenario.brief.reap()
            #expect(await problem { _ = try await scenario.restore("feat-c") }?.kind == .undone)
        }
    }
}

extension Scenario {
    var restoring: Restoring { Restoring(wiring, limits: world, readNeeds: TemplateFile.needs) }

    /// Everything up to the end, or until somebody would have to wait where nobody sleeps.
    @discardableResult
    func restore(
        _ name: String,
        giving given: [GivenParameter] = [],
        leaving left: Set<String> = [],
        patience: Duration = .seconds(3_600),
        sleeps: Bool = true
    ) async throws -> RestoreDraft {
        let clock = clock
        return try await RestoreRun(
            restoring,
            maker: world,
            locks: ledger,
            patience: patience,
            sleep: {
                if !sleeps { throw CancellationError() }
                clock.pass($0)
            }
        ).run(name, giving: given, leaving: left, progress: { _ in })
    }

    /// What happened to the first life, oldest first.
    func events(_ name: String) async throws -> [String] {
        guard let key = try await environment(name)?.key else { return [] }
        let first = EnvironmentKey(space: key.space, name: key.name, incarnation: 1)
        return try await ledger.history(of: first, limit: 1_000).reversed().map(\.event)
    }

    /// Tables in which any row has this text, as anybody reads it.
    func tables(holding text: String) async throws -> [String] {
        let names = try await sql(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'curfew'::regnamespace AND relkind = 'r'"
        )
        let hex = text.utf8.map { String($0, radix: 16) }.joined()
        var found: [String] = []
        for name in names {
            let rows = try await sql(
                """
                SELECT 'x' FROM \(identifier: name) t WHERE t::text LIKE \("%" + text + "%") OR t::text LIKE \("%" + hex + "%")
                """
            )
            if !rows.isEmpty { found.append(name) }
        }
        return found
    }

    /// The first column of what a statement of the owner answers.
    @discardableResult
    func sql(_ statement: SQL) async throws -> [String] {
        let connection = try await Connection.open(ledger.settings)
        do {
            let rows = try await connection.query(statement)
            await connection.close()
            return try rows.map { row in try row[0, as: String.self] }
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension World {
    /// The stack that has the name now.
    func standing(_ name: String) -> Stack? { stacks.values.first { $0.component.name == name } }
}
