import Foundation
import TestSupport
import Testing

/// Runtimes from an emulator's functions to the table, the mail and a verdict.
@Suite struct RuntimesTests {
    private static func functions(_ functions: [(name: String, runtime: String?)]) -> String {
        let resources = functions.enumerated().map { index, function in
            let code =
                function.runtime.map {
                    "\"Runtime\": \"\($0)\", \"Handler\": \"index.handler\", \"Code\": {\"ZipFile\": \"x = 1\"}"
                } ?? "\"PackageType\": \"Image\", \"Code\": {\"ImageUri\": \"1.dkr.ecr.eu-west-1.amazonaws.com/x:1\"}"
            return "\"F\(index)\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {\"FunctionName\": "
                + "\"\(function.name)\", \"Role\": \"arn:aws:iam::123456789012:role/worker\", \(code)}}"
        }
        return "{\"Resources\": {\(resources.joined(separator: ", ")), \"T\": {\"Type\": \"AWS::SNS::Topic\"}}}"
    }

    /// What is going to be read: dates long gone and far away, so that the test's day does not matter.
    private static let table = """
        # as_of: 2026-08-16
        identifier,label,deprecation_date,block_create_date,block_update_date
        nodejs16.x,Node.js 16,2024-06-12,2024-07-12,2125-03-03
        python3.12,Python 3.12,2128-10-31,2128-11-30,2129-01-10
        """

    private static let fleet = [
        Deployment(
            name: "shop-feat-a",
            template: functions([("a-api", "nodejs16.x"), ("a-job", "python3.12"), ("a-image", nil)]),
            tags: ["owner": "ada"]
        ),
        Deployment(account: \.payments, name: "pay-feat-b", template: functions([("b-api", "nodejs16.x")])),
        Deployment(
            account: \.payments,
            region: "us-east-1",
            name: "pay-feat-c",
            template: functions([("c-api", "python3.12")])
        ),
        Deployment(name: "shop-prod", template: functions([("p-api", "cobol1.x")])),
        Deployment(name: "shop-feat-plain"),
    ]

    /// Lambda's listing is denied in one place until it is allowed.
    private static func isDenied(_ call: Proxy.Call, in house: House) -> Bool {
        call.request.path.hasPrefix("/2015-03-31/functions") && call.accessKey == house.payments
            && call.request[header: "authorization"]?.contains("/us-east-1/lambda/") == true
    }

    private static func lines(_ json: JSON) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: json["runtimes"].elements.map { ($0["runtime"].string, $0) })
    }

    private static func with(_ body: (House, Proxy) async throws -> Void) async throws {
        try await House.with { house in
            try await house.deploy(fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            try house.write(table, to: "\(house.folder)/ours.csv")
            let behind = try house.reaching(proxy.url).saying("runtimes: ours.csv")
            try await body(behind, proxy)
        }
    }

    @Test func `every function of every environment beside the table, and what could not be read is said`()
        async throws
    {
        try await Self.with { house, proxy in
            proxy.decide { call, _ in
                Self.isDenied(call, in: house)
                    ? .isAnswered(
                        ScriptedAnswer(
                            status: 403,
                            headers: [("x-amzn-ErrorType", "AccessDeniedException")],
                            body: #"{"Message":"not authorized to perform: lambda:ListFunctions"}"#
                        )
                    ) : .passes
            }
            let scanned = try await house.curfew("scan")
            #expect(scanned.output.contains("4 targets read completely"), "\(scanned)")
            #expect(scanned.output.contains("Functions not listed: their runtimes are unknown there"), "\(scanned)")
            #expect(scanned.output.contains("lambda ListFunctions"))

            let answer = try await house.curfew("runtimes", "--json", expecting: 4)
            #expect(answer.messages.contains("the functions of 1 environment could not be read"), "\(answer)")
            let json = try JSON(text: answer.output)
            let lines = Self.lines(json)
            #expect(json["as_of"].string == "2026-08-16" && json["image_functions"].int == 1)
            #expect(Set(lines.keys) == ["nodejs16.x", "python3.12", "cobol1.x"])
            #expect(lines["nodejs16.x"]?["state"].string == "creation blocked")
            #expect(lines["nodejs16.x"]?["functions"].int == 2)
            #expect(
                lines["nodejs16.x"]?["environments"].elements.map { $0["name"].string }.sorted() == [
                    "feat-a", "feat-b",
                ]
            )
            #expect(lines["python3.12"]?["state"].string == "supported" && lines["python3.12"]?["functions"].int == 1)
            #expect(lines["cobol1.x"]?["state"].string == "unknown")
            #expect(json["unread"].elements.map { $0["name"].string } == ["feat-c"])

            let text = try await house.curfew("runtimes", expecting: 4)
            #expect(text.output.contains("nodejs16.x") && text.output.contains("unknown to the table of 2026-08-16"))
            #expect(text.output.contains("AccessDenied") && text.output.contains("1 function made from images"))
            let one = try await house.curfew("runtimes", "--name", "feat-a", "--functions")
            #expect(["a-api", "a-job", "a-image"].allSatisfy(one.output.contains) && !one.output.contains("b-api"))
            let out = try await house.curfew("runtimes", "--running-out", "--csv", "--account", "shop")
            #expect(out.output.contains("nodejs16.x,creation blocked,2024-06-12,2024-07-12,2125-03-03,"), "\(out)")
            #expect(!out.output.contains("python3.12"))
            let week = try await house.curfew("report", "--week", "--text")
            #expect(week.output.contains("Runtimes running out") && week.output.contains("No updates from 2125-03-03."))

            // Allowed: the next scan asks there again, and nowhere else.
            proxy.decide { _, _ in .passes }
            var before = proxy.calls.count
            try await house.curfew("scan")
            #expect(proxy.calls.dropFirst(before).count { $0.request.path.hasPrefix("/2015-03-31/functions") } == 1)
            let whole = try JSON(text: try await house.curfew("runtimes", "--json").output)
            #expect(Self.lines(whole)["python3.12"]?["functions"].int == 2 && whole["unread"].elements.isEmpty)
            // Nothing changed: identity and one page of stacks for each of four targets.
            before = proxy.calls.count
            try await house.curfew("scan")
            #expect(
                proxy.calls.dropFirst(before).map(\.action).sorted() == [
                    "DescribeStacks", "DescribeStacks", "DescribeStacks", "DescribeStacks", "GetCallerIdentity",
                    "GetCallerIdentity", "GetCallerIdentity", "GetCallerIdentity",
                ]
            )
        }
    }

    @Test func `a policy on runtimes judges by them, and explains itself`() async throws {
        try await Self.with { house, _ in
            let text = HousePolicies.automatic.text.replacing(
                "{ not: { age: 3650d } }",
                with: "{ runtime: deprecated }"
            )
            try house.write(text, to: house.policyFile)
            try await house.curfew("policy", "apply")
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let states = try await NightlyTests.verdicts(house)
            #expect(
                states == [
                    "feat-a": "stale", "feat-b": "stale", "feat-c": "keep", "prod": "permanent", "feat-plain": "keep",
                ]
            )
            let explained = try await house.curfew("explain", "feat-a")
            #expect(explained.output.contains("runtime: deprecated"), "\(explained)")
            #expect(explained.output.contains("nodejs16.x (1 function) deprecated since 2024-06-12"), "\(explained)")
            let plain = try await house.curfew("explain", "feat-plain")
            // A day that is past is no look into the past.
            let past = try await house.curfew("explain", "feat-plain", "--at", "2025-12-24")
            #expect(past.messages.contains("what was decided then: curfew history feat-plain"), "\(past)")
            #expect(!plain.messages.contains("history"))
            #expect(plain.output.contains("no Lambda function in its stacks"), "\(plain)")
        }
    }

    @Test func `a table that cannot be used is refused with its lines`() async throws {
        try await House.with { house in
            let house = try house.saying("runtimes: ours.csv")
            try house.write("# as_of: never\nidentifier\n", to: "\(house.folder)/ours.csv")
            let refused = try await house.curfew("runtimes", expecting: 65)
            #expect(refused.messages.contains("ours.csv:1:1: `as_of` is `never`"), "\(refused)")
            #expect(refused.messages.contains("ours.csv:2:1: the table has no column"), "\(refused)")
            try FileManager.default.removeItem(atPath: "\(house.folder)/ours.csv")
            try await house.curfew("runtimes", expecting: 65)
        }
    }
}

extension NightlyTests {
    static func verdicts(_ house: House) async throws -> [String: String] {
        let listed = try JSON(text: try await house.curfew("list", "--json").output)
        return Dictionary(uniqueKeysWithValues: listed.elements.map { ($0["name"].string, $0["verdict"].string) })
    }
}
