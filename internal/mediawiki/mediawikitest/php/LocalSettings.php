<?php
// Settings of a wiki that lives as long as a test.
//
// This file is shared by all instances; what differs between them comes from the environment:
//   SALLYPORT_WIKI_DIR   the instance's own folder: data/, cache/, server.txt, extra.php
//   SALLYPORT_WIKI_LANG  content language
//   SALLYPORT_WIKI_ID    database name, which is also the wiki id

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

$sallyportDir = getenv( 'SALLYPORT_WIKI_DIR' );

$wgSitename = 'Testwiki';
$wgMetaNamespace = 'Project';
$wgLanguageCode = getenv( 'SALLYPORT_WIKI_LANG' ) ?: 'en';
$wgSecretKey = 'only-for-tests-only-for-tests-only-for-tests-only-for-tests';

// Addresses. The public address is read at each request: a gateway's port is known only after this wiki is up.
$wgServer = trim( (string)@file_get_contents( "$sallyportDir/server.txt" ) ) ?: 'http://127.0.0.1';
$wgScriptPath = '';
$wgResourceBasePath = '';
$wgArticlePath = '/wiki/$1';
$wgUsePathInfo = true;
$wgCdnServersNoPurge = [ '127.0.0.1', '::1' ]; // believe X-Forwarded-For from a proxy on this machine

// Storage.
$sallyportSqlite = static fn ( $name ) => [
	'type' => 'sqlite',
	'dbname' => $name,
	'tablePrefix' => '',
	'dbDirectory' => "$sallyportDir/data",
	'variables' => [ 'synchronous' => 'OFF' ],
];
$sallyportSqliteCache = static fn ( $name ) => $sallyportSqlite( $name ) + [ 'trxMode' => 'IMMEDIATE', 'flags' => 0 ];
$wgDBtype = 'sqlite';
$wgDBname = getenv( 'SALLYPORT_WIKI_ID' );
$wgSQLiteDataDir = "$sallyportDir/data";
$wgDBservers = [ [ 'load' => 1 ] + $sallyportSqlite( $wgDBname ) ];
$wgLocalDatabases = [ $wgDBname ];
$wgJobTypeConf['default'] = [
	'class' => 'JobQueueDB',
	'claimTTL' => 3600,
	'server' => $sallyportSqliteCache( 'wiki_jobqueue' ),
];
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'loggroup' => 'SQLBagOStuff',
	'server' => $sallyportSqliteCache( 'wikicache' ),
];

// Caches. APCu is one memory for all workers of the built-in server. Sessions outlive a restart.
$wgMainCacheType = CACHE_ACCEL;
$wgParserCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_DB;
$wgResourceLoaderUseObjectCacheForDeps = true;
$wgCacheDirectory = "$sallyportDir/cache";
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = "$sallyportDir/cache";
$wgUploadDirectory = "$sallyportDir/images";

// People, passwords, limits: tests are quick and repeat themselves.
$wgPasswordPolicy['policies'] = [ 'default' => [ 'MinimalPasswordLength' => 1 ] ];
$wgPasswordAttemptThrottle = [];
$wgPasswordDefault = 'B';
$wgAccountCreationThrottle = [];
$wgRateLimits = [];
$wgEnableEmail = false;
$wgUseInstantCommons = false;
$wgPingback = false;
$wgAllowUserJs = true;
$wgAllowUserCss = true;
$wgJobRunRate = 1;
$wgShowExceptionDetails = true;
$wgReauthenticateTime = [ 'default' => 3600 ];

// What an ordinary wiki has.
$wgExtensionDirectory = "$IP/extensions";
$wgDefaultSkin = 'vector';
foreach ( [ 'Vector', 'MonoBook', 'MinervaNeue', 'Timeless' ] as $sallyportSkin ) {
	wfLoadSkin( $sallyportSkin );
}
wfLoadExtension( 'Gadgets' );
wfLoadExtension( 'Renameuser' );

if ( is_file( "$sallyportDir/extra.php" ) ) {
	require "$sallyportDir/extra.php";
}
