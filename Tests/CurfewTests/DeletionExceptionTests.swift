import TestSupport
import Testing

/// Deletions that fail on what their plan may remove or leave behind, through the whole program.
@Suite struct DeletionExceptionTests {
    private static let bucket = "curfew-filled-before"

    private static func stuck(_ name: String, _ type: String, _ reason: String?) -> ScriptedAWS.Resource {
        ScriptedAWS.Resource(logicalID: "Stuck", physicalID: name, type: type, reason: reason)
    }

    private static let queue = stuck("shop-queue", "AWS::SQS::Queue", "Access to the resource is denied.")
    private static let group = ScriptedAWS.Resource(
        logicalID: "Group",
        physicalID: "sg-5",
        type: "AWS::EC2::SecurityGroup",
        reason: "resource sg-5 has a dependent object"
    )

    private static let cases = [
        DeletionCase(
            "a bucket that is not empty, which the plan may empty",
            "filled",
            .fails([stuck(bucket, "AWS::S3::Bucket", "The bucket you tried to delete is not empty")]),
            .goes
        ),
        DeletionCase("retained in the second deletion, never in the first", "kept", .fails([queue]), .goes),
        DeletionCase("it goes at once: nothing is retained", "easy", .goes),
        DeletionCase(
            "it fails on something else too",
            "more",
            .fails([queue, group]),
            says: "Group = sg-5",
            "something outside the stack uses it"
        ),
        DeletionCase(
            "it fails again, on something that went before",
            "twice",
            .fails([queue]),
            .fails([group]),
            says: "Group = sg-5",
            "something outside the stack uses it"
        ),
        DeletionCase("its termination protection is switched off by the plan", "guarded", .goes),
    ].map { row in
        var row = row
        switch row.word {
        case "filled": row.template = Templates.bucket(bucket)
        case "kept", "easy", "more", "twice": row.part.resources = [queue, group]
        default: row.isProtected = true
        }
        return row
    }

    @Test func `what a plan may remove is removed after the first deletion failed on it, and only then`() async throws {
        try await DeletionHouse.with(Self.cases) { test in
            let put = ["s3api", "put-object", "--bucket", Self.bucket, "--key", "a/b"]
            _ = try await test.house.aws(["--profile", "shop", "--region", "eu-west-1"] + put, at: test.house.emulator)
            try await test.house.curfew("scan")
            try await test.house.curfew("evaluate")
            try await test.approve("feat-filled", "--empty", Self.bucket)
            for word in ["kept", "easy", "more", "twice"] {
                try await test.approve("feat-\(word)", "--retain", "app-feat-\(word)/Stuck")
            }
            try await test.approve("feat-guarded", "--unprotect", "app-feat-guarded")
            let outcome = try await test.house.curfew("reap", expecting: 5)
            let plans = try await test.plans()
            let expected = [
                "filled": ["obstructed", "done", "gone"], "kept": ["obstructed", "gone"], "easy": ["gone", "unneeded"],
                "more": ["failed", "skipped"], "twice": ["obstructed", "failed"], "guarded": ["done", "gone"],
            ]
            for row in Self.cases {
                let plan = plans[row.environment] ?? .null
                #expect(plan.stepStates == expected[row.word], "\(row.row): \(plan.stepStates) \(outcome)")
                #expect(plan["state"].string == (row.says.isEmpty ? "done" : "failed"), "\(row.row)")
                for words in row.says { #expect(plan["ended_because"].string.contains(words), "\(row.row): \(plan)") }
            }
            expectOrder(test.script)
            let left = ["app-feat-more", "app-feat-twice"]
            #expect(try await test.standing() == Set(DeletionHouse.bystanders.map(\.name) + left))
            try await test.expectOnlyPlannedDeletions()
            let asked = test.script.deletions.count
            try await test.house.curfew("reap")
            #expect(test.script.deletions.count == asked)
        }
    }

    /// What is retained, and when a bucket is emptied.
    private func expectOrder(_ script: ScriptedAWS) {
        let retained = Self.cases.map { row in
            script.deletions(of: row.stack).map { $0.fields["RetainResources.member.1"] }
        }
        #expect(retained == [[nil, nil], [nil, "Stuck"], [nil], [nil], [nil, "Stuck"], [nil]])
        for row in Self.cases {
            let tokens = script.deletions(of: row.stack).compactMap(\.token)
            #expect(Set(tokens).count == tokens.count, "the second deletion is a request of its own")
        }
        let calls = script.proxy.calls
        let emptied = calls.firstIndex { $0.request.method == "POST" && $0.request.path.contains(Self.bucket) }
        let deletions = calls.indices.filter {
            calls[$0].action == "DeleteStack" && ScriptedAWS.name(calls[$0].stack) == "app-feat-filled"
        }
        #expect(deletions.count == 2)
        if let emptied, deletions.count == 2 {
            #expect(deletions[0] < emptied && emptied < deletions[1])
        } else {
            Issue.record("the bucket was not emptied")
        }
    }
}

extension DeletionHouse {
    /// Plans one environment with an exception, and has it approved by somebody else.
    fileprivate func approve(_ environment: String, _ option: String, _ value: String) async throws {
        let made = try await house.json("plan", environment, option, value)
        let plan = made["plans"].elements.first ?? .null
        #expect(plan["blockers"].elements.isEmpty, "\(plan["blockers"])")
        try await house.curfew("approve", plan["plan"].string, as: "grace")
    }
}
