import Core
import Foundation
import Testing

@testable import Reports

struct LeftoversTextTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    static func record(
        _ number: Int64,
        _ type: String,
        _ identifier: String,
        _ reason: Leftover.Reason = .retained,
        age: Double = 9,
        owner: String? = "anna@example.com",
        gone: Double? = nil
    ) -> LeftoverRecord {
        LeftoverRecord(
            id: LeftoverID(number),
            leftover: Leftover(
                environment: Samples.key("feat-checkout"),
                plan: PlanID(12),
                component: Samples.id("shop-feat-checkout"),
                target: Samples.frankfurt,
                type: type,
                identifier: identifier,
                reason: reason,
                owner: owner
            ),
            foundAt: Samples.ago(age),
            lastSeenAt: Samples.ago(1),
            checkedAt: Samples.ago(1),
            goneAt: gone.map(Samples.ago)
        )
    }

    private static let some = [
        record(3, "AWS::Logs::LogGroup", "/aws/lambda/shop", .logGroup, age: 2),
        record(1, "AWS::S3::Bucket", "shop-uploads", age: 41),
        record(
            2,
            "AWS::DynamoDB::Table",
            "arn:aws:dynamodb:eu-central-1:111122223333:table/orders",
            .tagged,
            owner: nil
        ),
        record(4, "AWS::RDS::DBInstance", "books", .snapshot, age: 3, gone: 1),
    ]

    @Test func `the list begins with the oldest`() {
        expectGolden(LeftoversText.text(Self.some, on: canvas), "leftovers.txt")
        expectGolden(LeftoversText.csv(Self.some, on: canvas), "leftovers.csv")
        #expect(LeftoversText.text([], on: canvas) == "Nothing is left of anything that was taken down.\n")
    }

    @Test func `how to remove each is said so that it can be copied`() {
        let removals = Dictionary(
            uniqueKeysWithValues: Self.some.map { ($0.id.number, $0.leftover.removal) }
        )
        #expect(removals[1] == "aws s3 rb --force s3://shop-uploads --region eu-central-1  # in account 111122223333")
        #expect(
            removals[2]
                == "aws dynamodb delete-table --table-name orders --region eu-central-1  # in account 111122223333"
        )
        #expect(
            removals[4]
                == "aws rds describe-db-snapshots --db-instance-identifier books --region eu-central-1  # in account 111122223333"
        )
        let odd = Self.record(9, "AWS::Logs::LogGroup", "a'; rm -rf $HOME #").leftover.removal
        #expect(
            odd
                == "aws logs delete-log-group --log-group-name 'a'\\''; rm -rf $HOME #' --region eu-central-1  # in account 111122223333"
        )
    }

    @Test func `the stale report has them by owner, the oldest first, and not what is gone`() throws {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.scan = Samples.scan(failing: false)
        records.leftovers = Self.some
        let report = WeeklyBook(records).report()
        let section = try #require(report.sections.first { $0.title == "Leftovers" })
        #expect(section.count == 3 && section.groups.map(\.title) == ["anna@example.com", "Nobody's"])
        #expect(section.groups[0].rows.map { $0.cells[0] } == ["shop-uploads", "/aws/lambda/shop"])
        #expect(section.note.contains("the oldest for 41d"))
        #expect(report.text().contains("Leftovers (3)"))
    }
}
