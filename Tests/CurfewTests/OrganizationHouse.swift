import Foundation
import Synchronization
import TestSupport

/// A house whose accounts are an organization's: the emulator has stacks, the proxy before it the organization, the
/// regions, and the roles.
///
/// The shapes are those of AWS's own models; credentials of a role are the account that its ARN names, which is how the
/// emulator tells accounts apart.
final class OrganizationHouse: Sendable {
    struct Member: Sendable {
        let id: String
        var name: String
        var state = "ACTIVE"
        var regions = ["eu-west-1"]
    }

    struct State {
        var members: [Member] = []
        /// Nobody may list them.
        var isDenied = false
        /// Accounts whose regions nobody may ask for.
        var closed: Set<String> = []
    }

    let house: House
    let proxy: Proxy
    let state: Mutex<State>

    init(_ house: House, members count: Int, further: String = "") throws {
        let base = 500_000_000_000 + ((Int(house.shop) ?? 0) % 1_000_000) * 1_000
        var members = (0..<count).map { Member(id: String(base + $0), name: "team \($0)") }
        members.append(Member(id: house.shop, name: "Shop of the organization"))
        state = Mutex(State(members: members))
        proxy = try Proxy(to: house.emulator)
        self.house = try house.reaching(proxy.url).saying(
            """
            organization:
              profile: shop
              role: curfew-scan
              external_id: "house-4711"
              exclude: ["core-*"]
            \(further)
            """
        )
        proxy.decide { [weak self] call, _ in self?.fate(of: call) ?? .passes }
    }

    /// The member's id.
    func member(_ index: Int) -> String { state.withLock { $0.members[index].id } }

    func change(_ index: Int, _ change: (inout Member) -> Void) { state.withLock { change(&$0.members[index]) } }

    /// Calls to Organizations so far.
    var listings: Int {
        proxy.calls.count { $0.request[header: "x-amz-target"]?.hasSuffix(".ListAccounts") == true }
    }

    private func fate(of call: Proxy.Call) -> Proxy.Fate {
        if call.request[header: "x-amz-target"]?.hasSuffix(".ListAccounts") == true {
            return .isAnswered(listing(call))
        }
        if call.request.path == "/listRegions" { return .isAnswered(regions(call)) }
        // What is asked where that is denied.
        if call.action == "DescribeRegions", let account = call.accessKey,
            state.withLock({ $0.closed.contains(account) })
        {
            let body =
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not authorized to perform: "
                + "ec2:DescribeRegions</Message></Error></Errors><RequestID>r</RequestID></Response>"
            return .isAnswered(ScriptedAnswer(status: 403, body: body))
        }
        guard call.action == "AssumeRole",
            let account = call.fields["RoleArn"]?.split(separator: ":").dropFirst(3).first
        else { return .passes }
        return .isAnswered(
            ScriptedAnswer(
                headers: [("Content-Type", "text/xml")],
                body: "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(account)</AccessKeyId>"
                    + "<SecretAccessKey>\(HouseSecrets.accessSecret)</SecretAccessKey><SessionToken>t</SessionToken>"
                    + "<Expiration>2130-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>"
                    + "<Arn>arn:aws:sts::\(account):assumed-role/curfew-scan/curfew</Arn>"
                    + "<AssumedRoleId>A:curfew</AssumedRoleId></AssumedRoleUser></AssumeRoleResult>"
                    + "</AssumeRoleResponse>"
            )
        )
    }

    /// Pages of twenty, with an empty one after each that has a next.
    private func listing(_ call: Proxy.Call) -> ScriptedAnswer {
        let (members, isDenied) = state.withLock { ($0.members, $0.isDenied) }
        guard !isDenied else {
            return Self.denied("organizations:ListAccounts")
        }
        let token =
            call.request.body.components(separatedBy: #""NextToken":"#).dropFirst().first?
            .split(separator: "\"").first.map(String.init) ?? "page-0"
        let isEmpty = token.hasPrefix("empty-")
        let from = Int(token.split(separator: "-").last ?? "") ?? 0
        let page = isEmpty ? [] : Array(members.dropFirst(from).prefix(20))
        let next = from + page.count
        let follows = isEmpty ? "page-\(from)" : next < members.count ? "empty-\(next)" : nil
        let list = page.map { member in
            #"{"Id":"\#(member.id)","Arn":"arn:aws:organizations::1:account/o-1/\#(member.id)","#
                + #""Name":"\#(member.name)","State":"\#(member.state)","Status":"ACTIVE"}"#
        }
        let end = follows.map { #","NextToken":"\#($0)""# } ?? ""
        return ScriptedAnswer(body: #"{"Accounts":[\#(list.joined(separator: ","))]\#(end)}"#)
    }

    private func regions(_ call: Proxy.Call) -> ScriptedAnswer {
        let account = call.accessKey ?? ""
        let (members, closed) = state.withLock { ($0.members, $0.closed) }
        guard !closed.contains(account), let member = members.first(where: { $0.id == account }) else {
            return Self.denied("account:ListRegions")
        }
        let list =
            member.regions.map { #"{"RegionName":"\#($0)","RegionOptStatus":"ENABLED"}"# }
            + [#"{"RegionName":"af-south-1","RegionOptStatus":"DISABLED"}"#]
        return ScriptedAnswer(body: #"{"Regions":[\#(list.joined(separator: ","))]}"#)
    }

    private static func denied(_ action: String) -> ScriptedAnswer {
        ScriptedAnswer(
            status: 403,
            headers: [("x-amzn-ErrorType", "AccessDeniedException")],
            body: #"{"__type":"AccessDeniedException","Message":"not authorized to perform: \#(action)"}"#
        )
    }
}
