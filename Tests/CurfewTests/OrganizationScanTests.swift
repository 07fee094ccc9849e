import Foundation
import Synchronization
import TestSupport
import Testing

/// The accounts of an organization, from its listing to coverage and the end of an account.
@Suite struct OrganizationScanTests {
    private func target(_ scan: JSON, _ account: String) -> JSON? {
        scan["targets"].elements.first { $0["account"].string == account }
    }

    @Test func `D2 forty accounts are found through pages, reached by their roles, and only reported on`() async throws
    {
        try await House.with { house in
            let organization = try OrganizationHouse(house, members: 40)
            defer { organization.proxy.stop() }
            let house = organization.house
            let (first, last) = (organization.member(0), organization.member(39))
            organization.change(39) { $0.regions = ["eu-west-1", "us-east-1"] }
            organization.change(7) { $0.state = "SUSPENDED" }
            organization.change(8) { $0.name = "core-network" }
            try await house.stacks(first, "eu-west-1").create("shop-feat-far", template: Templates.topic)
            try await house.stacks(last, "us-east-1").create("shop-feat-farther", template: Templates.topic)

            let scan = try await house.json("scan")
            #expect(scan["state"].string == "complete")
            // 38 of them, one with two regions, and the two of the file with two each.
            #expect(scan["targets"].elements.count == 43)
            #expect(target(scan, organization.member(7)) == nil && target(scan, organization.member(8)) == nil)
            #expect(scan["not_read"].elements.map { $0["what"].string } == ["account \(organization.member(7))"])
            #expect(organization.listings == 5)
            let list = try await house.json("list")
            #expect(list.elements.map { $0["name"].string } == ["feat-far", "feat-farther"])

            // Every role through regional STS, with its external id, a name that says who, and less than it may do.
            let assumed = organization.proxy.calls.filter { $0.action == "AssumeRole" }
            #expect(Set(assumed.compactMap { $0.fields["RoleArn"] }).count == 38)
            for call in assumed {
                let account = call.fields["RoleArn"]?.split(separator: ":").dropFirst(3).first.map(String.init) ?? ""
                #expect(call.fields["RoleArn"] == "arn:aws:iam::\(account):role/curfew-scan")
                #expect(call.fields["RoleSessionName"] == "curfew-\(account)")
                #expect(call.fields["ExternalId"] == "house-4711")
                #expect(call.fields["Policy"]?.contains("cloudformation:Describe*") == true)
                #expect(call.fields["Policy"]?.contains("Delete") == false)
                #expect(call.accessKey == house.shop)
                #expect(call.request[header: "authorization"]?.contains("/us-east-1/sts/") == true)
            }

            // Nothing else asks the organization.
            let accounts = try await house.json("accounts")
            #expect(accounts.elements.count == 42)
            #expect(accounts.elements.allSatisfy { $0["mode"].string == "report" })
            let member = accounts.elements.first { $0["account"].string == last }
            #expect(
                member?["from"].string == "organization" && member?["access"].string == "role curfew-scan, profile shop"
            )
            #expect(member?["regions"].elements.map(\.string) == ["eu-west-1", "us-east-1"])
            #expect(member?["name"].string == "team 39" && member?["state"].string == "ACTIVE")
            let shop = accounts.elements.first { $0["account"].string == house.shop }
            #expect(shop?["from"].string == "settings" && shop?["name"].string == "shop")
            let suspended = accounts.elements.first { $0["account"].string == organization.member(7) }
            #expect(suspended?["not_read"].string == "it is SUSPENDED in the organization")
            try await house.curfew("coverage", "--exit-code")
            let text = try await house.curfew("accounts")
            #expect(text.output.contains("suspended") && text.output.contains("1 account of the organization that the"))
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("evaluate")
            let plans = try await house.json("plan", "--due")
            #expect(plans["plans"].elements.isEmpty)
            #expect(organization.listings == 5)
            try await house.curfew("accounts", "mode", "team 0", "reap", "--because", "agreed with team 0")
            #expect(
                try await house.json("accounts").elements.first { $0["account"].string == first }?["mode"].string
                    == "reap"
            )
        }
    }

    @Test func `R1 a listing that fails makes the scan partial, and the accounts known before are read all the same`()
        async throws
    {
        try await House.with { house in
            let organization = try OrganizationHouse(house, members: 2)
            defer { organization.proxy.stop() }
            let house = organization.house
            organization.state.withLock { $0.isDenied = true }
            let never = try await house.json("scan", expecting: 4)
            #expect(never["state"].string == "partial" && never["targets"].elements.count == 4)
            #expect(never["not_found"].elements.count == 1)
            organization.state.withLock { $0.isDenied = false }
            try await house.curfew("scan")
            organization.state.withLock { state in
                state.isDenied = true
                state.closed = [state.members[1].id]
            }
            let scan = try await house.curfew("scan", expecting: 4)
            #expect(scan.output.contains("6 targets read completely"), "\(scan)")
            #expect(scan.output.contains("Could not be found out"))
            #expect(scan.output.contains("organizations:ListAccounts") && scan.output.contains("management account"))
            #expect(
                scan.output.contains("the regions of account \(organization.member(1)), those known before were read")
            )
            let night = try await house.curfew("nightly", expecting: nil)
            #expect(night.output.contains("the organization's accounts, those known before were read"), "\(night)")
            #expect(night.status >= 4)
            let accounts = try await house.curfew("accounts")
            #expect(accounts.output.contains("could not be listed, and those known before stay"))
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.output.contains("FAIL  organization: "), "\(doctor)")
            #expect(doctor.output.contains("FAIL  regions \(organization.member(1)): "))

            // Never read at all: said by name, in coverage too.
            organization.state.withLock { state in
                state.isDenied = false
                state.members.append(OrganizationHouse.Member(id: "600000000001", name: "new", regions: ["eu-west-1"]))
                state.closed = ["600000000001"]
            }
            let new = try await house.json("scan", expecting: 4)
            #expect(
                new["not_found"].elements.map { $0["what"].string } == [
                    "the regions of account 600000000001, and none are known"
                ]
            )
            let coverage = try await house.json("coverage", "--missing", "--exit-code", expecting: 4)
            #expect(coverage.elements.map { $0["account"].string } == ["600000000001"])
            #expect(coverage.elements.first?["state"].string == "failed")
        }
    }

    @Test func `R8 an account that is suspended keeps what is known until it is retired, and comes back by a person`()
        async throws
    {
        try await House.with { house in
            let organization = try OrganizationHouse(house, members: 2)
            defer { organization.proxy.stop() }
            let house = organization.house
            let member = organization.member(0)
            try await house.stacks(member, "eu-west-1").create("shop-feat-far", template: Templates.topic)
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("scan")
            organization.change(0) { $0.state = "SUSPENDED" }
            organization.state.withLock { _ = $0.members.remove(at: 1) }
            let scan = try await house.curfew("scan")
            #expect(scan.output.contains("known, but not configured (it is SUSPENDED in the organization)"), "\(scan)")
            #expect(scan.output.contains("known, but not configured (it left the organization)"))
            #expect(try await house.json("list").named("feat-far")["components"].int == 1)
            let coverage = try await house.json("coverage", "--missing", "--exit-code", expecting: 4)
            #expect(coverage.elements.map { $0["state"].string } == ["unconfigured", "unconfigured"])
            let evaluated = try await house.json("evaluate", expecting: nil)
            #expect(evaluated["frozen"].elements.count == 1)

            try await house.curfew("accounts", "retire", "\(member)/eu-west-1", "--because", "closed for good")
            #expect(try await house.json("list").elements.isEmpty)
            organization.change(0) { $0.state = "ACTIVE" }
            let again = try await house.json("scan")
            #expect(again["not_read"].elements.contains { $0["why"].string == "retired, but configured: not read" })
            #expect(target(again, member) == nil)
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.output.contains("warn  target \(member)/eu-west-1: retired, but configured: not read"))
            try await house.curfew(
                "accounts",
                "reopen",
                "\(member)/eu-west-1",
                "--because",
                "x",
                as: "eve",
                expecting: 77
            )
            try await house.curfew("accounts", "reopen", "\(member)/eu-west-1", "--because", "it was opened again")
            #expect(try await house.json("list").elements.isEmpty)
            try await house.curfew("scan")
            let life = try await house.json("list").named("feat-far")
            #expect(life["components"].int == 1 && life["incarnation"].int == 2, "\(life)")
        }
    }

    @Test func `D2 an account that leaves the settings and comes back by the organization is only reported on`()
        async throws
    {
        try await House.with { house in
            let organization = try OrganizationHouse(house, members: 0)
            defer { organization.proxy.stop() }
            let (house, moved) = (organization.house, house.payments)
            organization.state.withLock {
                $0.members.append(OrganizationHouse.Member(id: moved, name: "bills", regions: ["eu-west-1"]))
            }
            try await house.curfew("scan")
            try await house.curfew("accounts", "mode", moved, "reap", "--because", "agreed with its owners")
            func standing() async throws -> [String?] {
                let account = try await house.json("accounts").elements.first { $0["account"].string == moved }
                return [account?["mode"].string, account?["from"].string]
            }
            #expect(try await standing() == ["reap", "settings"])
            let without = house.settings.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("name: payments") }
                .joined(separator: "\n").replacing("sandbox: [shop, payments]", with: "sandbox: [shop, \"\(moved)\"]")
            try house.write(without, to: house.settingsFile)
            // Before any scan has looked, and for good after one has.
            #expect(try await standing() == ["report", "organization"])
            try await house.curfew("scan")
            #expect(try await standing() == ["report", "organization"])
            #expect(try await house.curfew("audit").output.contains("account mode report"))
            try house.write(house.settings, to: house.settingsFile)
            try await house.curfew("scan")
            #expect(try await standing() == ["report", "settings"])
        }
    }

    @Test func `P9 an account that the organization calls production is never torn down in`() async throws {
        try await House.with { house in
            let organization = try OrganizationHouse(house, members: 1)
            defer { organization.proxy.stop() }
            let house = organization.house
            let member = organization.member(0)
            try await house.stacks(member, "eu-west-1").create("shop-feat-far", template: Templates.topic)
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("scan")
            try await house.curfew("accounts", "mode", member, "reap", "--because", "a test")
            organization.change(0) { $0.name = "Acme Production" }
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let plans = try await house.json("plan", "--due", expecting: nil)
            let blockers = plans["plans"].elements.flatMap { $0["blockers"].elements }
            #expect(blockers.contains { "\($0)".contains("Acme Production") }, "\(plans)")
            try await house.curfew("reap", expecting: nil)
            #expect(organization.proxy.calls.allSatisfy { $0.action != "DeleteStack" })
            #expect(try await house.stacks(member, "eu-west-1").standing().map(\.name) == ["shop-feat-far"])
        }
    }
}
