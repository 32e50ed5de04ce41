/* Finds the headings of a page that can be linked to. */
exports.within = ( root ) => [ ...root.querySelectorAll( 'h2, h3, h4' ) ]
	.map( ( node ) => ( { node, id: node.id || node.querySelector( '[id]' )?.id } ) )
	.filter( ( { id, node } ) => id && !node.querySelector( '.section-link' ) );
