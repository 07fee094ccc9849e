import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Lambda functions beside the stack resources that they are.
@Suite struct FunctionTests {
    private func function(_ logical: String, _ name: String?) -> ObservedResource {
        ObservedResource(logicalID: logical, physicalID: name, type: "AWS::Lambda::Function", status: "CREATE_COMPLETE")
    }

    private func nested(_ logical: String, _ id: ComponentID) -> ObservedResource {
        ObservedResource(
            logicalID: logical,
            physicalID: id.text,
            type: "AWS::CloudFormation::Stack",
            status: "CREATE_COMPLETE"
        )
    }

    private let denied = ProviderFailure(.denied, "ListFunctions: AccessDenied", advice: "give the role the right")

    private func scan(
        _ ledger: PostgresLedger,
        _ components: [RecordedComponent],
        _ resources: [ComponentID: [ObservedResource]],
        _ functions: FunctionsReading,
        at: Date
    ) async throws {
        let scan = try await ledger.beginScan(of: [target], whole: true, at: at)
        var reading = complete(components, of: target, resources: resources, at: at)
        reading.functions = functions
        try await ledger.record(reading, in: scan)
        try await ledger.group(at: at)
        try await ledger.finishScan(scan, calls: [:], at: at)
    }

    private func runtimes(_ ledger: PostgresLedger, _ name: String = "feat-x") async throws -> EnvironmentRuntimes? {
        try await ledger.environments().first { $0.key.name.text == name }?.runtimes
    }

    private let listed: [ObservedFunction] = [
        ObservedFunction(name: "x-api", runtime: "nodejs16.x"), ObservedFunction(name: "x-job", runtime: "nodejs16.x"),
        ObservedFunction(name: "x-image", runtime: nil, isImage: true), ObservedFunction(name: "x-own", runtime: nil),
        ObservedFunction(name: "x-inner", runtime: "python3.13"), ObservedFunction(name: "nobodys", runtime: "go1.x"),
    ]

    @Test func `functions of an environment are those of its stacks, nested ones included`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let (middle, inner) = (component("a-mid", kind: .nested), component("a-in", kind: .nested))
            let resources = [
                stackID("a"): [
                    function("Api", "x-api"), function("Gone", "x-gone"), function("Image", "x-image"),
                    nested("Mid", stackID("a-mid")),
                ],
                stackID("a-mid"): [nested("In", stackID("a-in")), function("Own", "x-own")],
                stackID("a-in"): [function("Inner", "x-inner")], stackID("b"): [function("Job", "x-job")],
            ]
            try await scan(
                ledger,
                [component("a"), middle, inner, component("b")],
                resources,
                .listed(listed),
                at: day(1)
            )
            #expect(
                try await runtimes(ledger)
                    == EnvironmentRuntimes(
                        uses: [
                            .init(runtime: "nodejs16.x", functions: 2), .init(runtime: "python3.13", functions: 1),
                            .init(runtime: nil, functions: 1),
                        ],
                        images: 1,
                        absent: 1
                    )
            )
            let details = try await ledger.functions()
            #expect(details.map(\.logicalID) == ["Api", "Gone", "Image", "Inner", "Own", "Job"])
            #expect(details.map(\.stack) == ["a", "a", "a", "a-in", "a-mid", "b"])
            #expect(details.map(\.kind) == [.zip, .absent, .image, .zip, .zip, .zip])
            #expect(details.allSatisfy { $0.environment == key("feat-x") && $0.target == target })
            // The dashboards' view says the same.
            let seen = try await fixture.sql(
                "SELECT count(*) FROM environment_functions WHERE environment = 'feat-x' AND failure IS NULL"
            )
            #expect(try seen.only()[0] == 6)
            // What is in no stack is in no environment, and was counted.
            let outside = try await fixture.sql("SELECT listed FROM function_readings")
            #expect(try outside.only()[0] == 6)
        }
    }

    @Test func `nobody has looked is not none, and none is not unknown`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            // As a database that was made before functions were read: a target of which nothing is known.
            try await scan(ledger, [component("a")], [stackID("a"): [function("F", "x-api")]], .asBefore, at: day(1))
            let before = try #require(try await runtimes(ledger))
            #expect(before.unread == 0 && before.unreadBecause == "\(target): not read yet")
            #expect(try await ledger.knownFunctions(in: target) == KnownFunctions(areExpected: true))
            try await scan(ledger, [component("a")], [:], .none, at: day(2))
            // The stack's resource is there, but no row says that it is a function: nothing was read of it.
            #expect(try await ledger.knownFunctions(in: target).readAt == day(2))
            try await scan(ledger, [component("a")], [:], .listed(listed), at: day(3))
            #expect(try await runtimes(ledger)?.uses == [.init(runtime: "nodejs16.x", functions: 1)])
            #expect(try await ledger.knownFunctions(in: otherTarget) == KnownFunctions())
        }
    }

    @Test func `R1 a listing that is denied makes runtimes unknown, and nothing gone or forgotten`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let resources = [stackID("a"): [function("Api", "x-api")]]
            try await scan(ledger, [component("a")], resources, .listed(listed), at: day(1))
            let more = [stackID("b"): [function("Job", "x-job"), function("Image", "x-image")]]
            try await scan(ledger, [component("a"), component("b")], more, .failed(denied), at: day(2))
            #expect(
                try await runtimes(ledger)
                    == EnvironmentRuntimes(unread: 3, unreadBecause: "\(target): ListFunctions: AccessDenied")
            )
            let known = try await ledger.knownFunctions(in: target)
            #expect(known == KnownFunctions(readAt: day(1), failed: true, areExpected: true))
            let newest = try await ledger.newestScan()
            #expect(newest?.state == "complete" && newest?.readings.first?.outcome == "complete")
            #expect(newest?.readings.first?.functionsFailure == "ListFunctions: AccessDenied")
            #expect(try await ledger.components(of: key("feat-x")).allSatisfy { $0.gone == nil })
            #expect(try await ledger.functions().map(\.kind) == [.unread, .unread, .unread])
            // A failure that lasts is written once, and the next listing ends it.
            func version() async throws -> [String] {
                try await fixture.sql("SELECT xmin::text FROM function_readings").decode(String.self)
            }
            let written = try await version()
            try await scan(ledger, [component("a"), component("b")], [:], .failed(denied), at: day(3))
            #expect(try await version() == written)
            try await scan(ledger, [component("a"), component("b")], [:], .listed(listed), at: day(4))
            #expect(
                try await runtimes(ledger)
                    == EnvironmentRuntimes(uses: [.init(runtime: "nodejs16.x", functions: 2)], images: 1)
            )
        }
    }

    @Test func `an unchanged function is not written again, a changed one alone is`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let resources = [stackID("a"): (0..<40).map { function("F\($0)", "f\($0)") }]
            func listing(_ newer: Int?) -> FunctionsReading {
                .listed(
                    (0..<40).map { (number: Int) in
                        ObservedFunction(name: "f\(number)", runtime: number == newer ? "python3.14" : "go1.x")
                    }
                )
            }
            func versions() async throws -> Set<String> {
                Set(
                    try await fixture.sql("SELECT ctid::text || ' ' || xmin::text || ' ' || xmax::text FROM functions")
                        .decode(String.self)
                )
            }
            try await scan(ledger, [component("a")], resources, listing(nil), at: day(1))
            let first = try await versions()
            try await scan(ledger, [component("a")], [:], .asBefore, at: day(2))
            try await scan(ledger, [component("a")], [:], listing(nil), at: day(9))
            #expect(try await versions() == first && first.count == 40)
            try await scan(ledger, [component("a")], [:], listing(7), at: day(17))
            #expect(try await versions().subtracting(first).count == 1)
            #expect(try await runtimes(ledger)?.uses.map(\.functions) == [39, 1])
        }
    }

    @Test func `functions go with the resource that they are, and with their stack`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let both = [function("Api", "x-api"), function("Job", "x-job")]
            try await scan(
                ledger,
                [component("a"), component("b")],
                [stackID("a"): both, stackID("b"): [function("I", "x-inner")]],
                .listed(listed),
                at: day(1)
            )
            let less = [stackID("a"): [function("Api", "x-api")]]
            try await scan(
                ledger,
                [component("a", updated: day(1.5)), component("b")],
                less,
                .listed(listed),
                at: day(2)
            )
            #expect(try await ledger.functions().map(\.logicalID) == ["Api", "I"])
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(3))
            try await ledger.record(
                complete([component("a", updated: day(1.5))], gone: [stackID("b")], of: target, at: day(3)),
                in: scan
            )
            try await ledger.group(at: day(3))
            #expect(try await ledger.functions().map(\.logicalID) == ["Api"])
            #expect(try await runtimes(ledger)?.uses == [.init(runtime: "nodejs16.x", functions: 1)])
        }
    }

    @Test func `a target's functions are found by an index, not by reading every resource`() async throws {
        try await LedgerFixture.with { fixture in
            let connection = try await Connection.open(fixture.settings)
            _ = try await connection.query("SET enable_seqscan = off")
            for (statement, index) in [
                (FunctionStatements.known(in: target), "resources_functions"),
                (FunctionStatements.addUnread(in: 1), "resources_functions"),
            ] {
                let rows = try await connection.query("EXPLAIN \(statement)")
                let plan = try rows.decode(String.self).joined(separator: "\n")
                #expect(plan.contains(index), "\(plan)")
            }
            await connection.close()
        }
    }

    @Test func `the package's words are those of the schema`() async throws {
        try await LedgerFixture.with { fixture in
            let check = try await fixture.sql(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'functions_package_check'"
            ).decode(String.self).joined()
            for kind in FunctionRecord.Kind.allCases {
                // What was not read has no word in the table.
                #expect(check.contains("'\(kind.rawValue)'") == (kind != .unread))
            }
        }
    }
}
