# One side of a measurement: Perl's engine. The lines are those of engine_python.py.
use strict;
use warnings;
no warnings 'recursion', 'regexp';
use Time::HiRes qw(clock_gettime CLOCK_THREAD_CPUTIME_ID);

$| = 1;
my ($SHORT_S, $TIMES) = (0.02, 5);

sub text {
    my $given = $_[0] eq '-' ? '' : pack 'H*', $_[0];
    utf8::decode($given);
    return $given;
}

my ($pattern, $how) = split ' ', scalar <STDIN>;
my %around = (search => ['', ''], match => ['\A(?:', ')'], fullmatch => ['\A(?:', ')\z']);
my $whole = $around{$how}[0] . text($pattern) . $around{$how}[1];
my $compiled = eval { qr/$whole/ };
if (!defined $compiled) {
    print 'refused ', $@ =~ s/\s+/ /gr, "\n";
    exit;
}
print "ready\n";
while (my $line = <STDIN>) {
    my ($prefix, $pump, $suffix, $n) = split ' ', $line;
    my $given = text($prefix) . text($pump) x $n . text($suffix);
    my $quickest = 9e9;
    for (1 .. $TIMES) {
        my $began = clock_gettime(CLOCK_THREAD_CPUTIME_ID);
        my $found = $given =~ $compiled;
        my $took = clock_gettime(CLOCK_THREAD_CPUTIME_ID) - $began;
        $quickest = $took if $took < $quickest;
        last if $quickest > $SHORT_S;
    }
    printf "%.9f %.9f\n", $quickest, clock_gettime(CLOCK_THREAD_CPUTIME_ID);
}
